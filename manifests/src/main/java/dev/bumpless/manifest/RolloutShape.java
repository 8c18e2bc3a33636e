package dev.bumpless.manifest;

import dev.bumpless.manifest.RolloutManifest.OnFailure;
import dev.bumpless.manifest.shape.ChoiceShape;
import dev.bumpless.manifest.shape.DurationShape;
import dev.bumpless.manifest.shape.Field;
import dev.bumpless.manifest.shape.IntegerShape;
import dev.bumpless.manifest.shape.ListShape;
import dev.bumpless.manifest.shape.ObjectShape;
import dev.bumpless.manifest.shape.ObjectShapeBuilder;
import dev.bumpless.manifest.shape.Shape;
import dev.bumpless.manifest.shape.Texts;
import dev.bumpless.manifest.shape.Values;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a manifest of {@code kind: Rollout} looks like. Immutable. */
final class RolloutShape {
  private static final DurationShape DEADLINE =
      new DurationShape(Duration.ofSeconds(1), Duration.ofDays(30));

  static final RolloutShape INSTANCE = new RolloutShape();

  private final ObjectShapeBuilder<RolloutManifest> of = new ObjectShapeBuilder<>();
  final Field<RolloutManifest, String> apiVersion =
      of.required(
          "apiVersion",
          new ChoiceShape<>(Map.of(AppShape.API_VERSION, AppShape.API_VERSION)),
          r -> AppShape.API_VERSION,
          "The version of this format.");
  final Field<RolloutManifest, String> kind =
      of.required(
          "kind", new ChoiceShape<>(Map.of("Rollout", "Rollout")), r -> "Rollout", "What this is.");
  final Field<RolloutManifest, RolloutName> name =
      of.required(
          "name",
          ContainerShape.label().as(RolloutName::new, RolloutName::value),
          RolloutManifest::name,
          "What `rollout status`, `pause` and the like call it.");
  final Field<RolloutManifest, RolloutSource> app =
      of.required(
          "app",
          Texts.matching(
                  "an app, a release such as node-red@7, or a file beside this one (app.yaml)",
                  RolloutSource.PATTERN,
                  200,
                  "")
              .as(RolloutSource::parse, RolloutSource::toString),
          RolloutManifest::app,
          "What it brings; an app alone means its newest release.");
  final Field<RolloutManifest, RolloutTarget> target =
      of.required(
          "target",
          new RolloutTargetShape(),
          RolloutManifest::target,
          "Which devices; all of the labels have to agree.");
  final Field<RolloutManifest, List<Wave>> waves =
      of.optional(
          "waves",
          ListShape.of(RolloutParts.wave(), 1, RolloutManifest.MAX_WAVES),
          RolloutManifest::waves,
          List.of(Wave.ALL),
          "One after the other; each says how far the rollout has come by then.");
  final Field<RolloutManifest, RolloutLimits> limits =
      of.optional(
          "limits",
          RolloutParts.limits(),
          RolloutManifest::limits,
          RolloutLimits.DEFAULT,
          "What it must not exceed.");
  final Field<RolloutManifest, Duration> deadline =
      of.optional(
          "deadline",
          DEADLINE,
          RolloutManifest::deadline,
          RolloutManifest.USUAL_DEADLINE,
          "From the order of a device, or the opening of its window, to its end, a bake included; later is a failure.");
  final Field<RolloutManifest, Optional<MaintenanceWindow>> window =
      of.optional(
          "window",
          RolloutParts.window().optional(),
          RolloutManifest::window,
          Optional.empty(),
          "Devices make ready before, and begin inside it only.");
  final Field<RolloutManifest, OnFailure> onFailure =
      of.optional(
          "onFailure",
          onFailure(),
          RolloutManifest::onFailure,
          OnFailure.PAUSE,
          "What becomes of it when more fail than may.");

  private final ObjectShape<RolloutManifest> shape =
      of.refuse("metadata", AppShape.NOT_KUBERNETES)
          .refuse("spec", AppShape.NOT_KUBERNETES)
          .check(this::checkWaves)
          .build(this::rollout);

  private RolloutShape() {}

  ObjectShape<RolloutManifest> shape() {
    return shape;
  }

  private RolloutManifest rollout(Values v) {
    return new RolloutManifest(
        v.get(name),
        v.get(app),
        v.get(target),
        v.get(waves),
        v.get(limits),
        v.get(deadline),
        v.get(window),
        v.get(onFailure));
  }

  private void checkWaves(Values v) {
    v.find(waves).map(Waves::misfits).orElse(List.of()).forEach(m -> tell(v, m));
  }

  private static void tell(Values v, Misfit misfit) {
    v.problem("waves" + misfit.path(), misfit.message(), misfit.hint());
  }

  private static Shape<OnFailure> onFailure() {
    Map<String, OnFailure> words = new LinkedHashMap<>();
    words.put("pause", OnFailure.PAUSE);
    words.put("rollback", OnFailure.ROLLBACK);
    return new ChoiceShape<>(words);
  }

  /** For {@code limits.perMinute} and the like. */
  static IntegerShape count() {
    return new IntegerShape(1, Threshold.MOST);
  }
}
