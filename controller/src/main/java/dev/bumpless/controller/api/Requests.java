package dev.bumpless.controller.api;

import dev.bumpless.controller.fleet.Selection;
import dev.bumpless.protocol.DeviceId;
import java.util.List;
import java.util.Map;
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
      @Nullable TargetRequest target) {

    Selection selection() {
      return target == null ? Selection.NONE : target.selection();
    }
  }

  record TargetRequest(
      @Nullable List<String> devices, @Nullable Map<String, String> labels, @Nullable Boolean all) {

    Selection selection() {
      return new Selection(
          devices == null ? List.of() : devices.stream().map(DeviceId::new).toList(),
          labels == null ? Map.of() : labels,
          all != null && all);
    }
  }

  record DiffRequest(@Nullable String manifest) {}
}
