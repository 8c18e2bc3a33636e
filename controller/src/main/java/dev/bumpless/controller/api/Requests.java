package dev.bumpless.controller.api;

import dev.bumpless.controller.fleet.Selection;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.protocol.DeviceId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What REST takes; what may be left out is null. */
final class Requests {
  private Requests() {}

  record RolloutRequest(
      @Nullable String action,
      @Nullable String app,
      @Nullable String manifest,
      @Nullable Map<String, String> images,
      @Nullable Long toRelease,
      @Nullable TargetRequest target,
      @Nullable String appManifest,
      @Nullable Boolean supersede,
      @Nullable Boolean dryRun) {

    Selection selection() {
      return target == null ? Selection.NONE : target.selection();
    }

    boolean isSupersede() {
      return supersede != null && supersede;
    }

    boolean isDryRun() {
      return dryRun != null && dryRun;
    }
  }

  record TargetRequest(
      @Nullable List<String> devices, @Nullable Map<String, String> labels, @Nullable Boolean all) {

    /**
     * Exactly one way of choosing, and one that chooses: a list that came out empty, or a flag that
     * is false, must never mean every device that has the app.
     */
    Selection selection() {
      List<String> names = devices == null ? List.of() : devices;
      Map<String, String> wanted = labels == null ? Map.of() : labels;
      boolean isAll = all != null && all;
      long ways = Stream.of(!names.isEmpty(), !wanted.isEmpty(), isAll).filter(way -> way).count();
      if (ways != 1 || holdsNull(names) || holdsNull(wanted.values())) {
        throw Problem.of(
            Problem.Code.BAD_REQUEST,
            "target: expected exactly one of devices (a list of ids, not empty), labels (an object"
                + " of texts, not empty) and all (true)",
            "leave target out to mean every device that has the app");
      }
      return new Selection(names.stream().map(DeviceId::new).toList(), wanted, isAll);
    }

    private static boolean holdsNull(Collection<?> values) {
      return values.stream().anyMatch(Objects::isNull);
    }
  }

  /** Which devices of a rollout begin at once; a target has to be there. */
  record ForceRequest(@Nullable TargetRequest target) {
    Selection selection() {
      if (target == null) {
        throw Problem.of(
            Problem.Code.BAD_REQUEST,
            "'target' is missing",
            "say on which devices: {\"target\":{\"devices\":[\"ID\"]}}");
      }
      return target.selection();
    }
  }

  record DiffRequest(@Nullable String manifest) {}
}
