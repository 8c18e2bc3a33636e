package dev.bumpless.manifest;

import dev.bumpless.manifest.UpgradePolicy.Overlap;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
import dev.bumpless.manifest.shape.ChoiceShape;
import dev.bumpless.manifest.shape.Field;
import dev.bumpless.manifest.shape.Keywords;
import dev.bumpless.manifest.shape.NotYetShape;
import dev.bumpless.manifest.shape.ObjectShapeBuilder;
import dev.bumpless.manifest.shape.Shape;
import dev.bumpless.manifest.shape.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the key {@code upgrade} and entries of {@code state} look like. */
final class SwapShape {
  private static final String OVERLAP_LATER =
      "until then take overlap full: both slots run side by side until the bake is over";

  private SwapShape() {}

  static Shape<UpgradePolicy> upgrade() {
    var of = new ObjectShapeBuilder<UpgradePolicy>();
    UpgradePolicy usual = UpgradePolicy.DEFAULT;
    var strategy =
        of.optional(
            "strategy",
            strategy(),
            UpgradePolicy::strategy,
            usual.strategy(),
            "All instances at once, or one at a time (2 replicas or more).");
    var overlap =
        of.optional(
            "overlap",
            overlap(),
            UpgradePolicy::overlap,
            usual.overlap(),
            "Both slots run at once.");
    var hold =
        of.optional(
            "hold",
            Limits.HOLD,
            UpgradePolicy::hold,
            usual.hold(),
            "Longest time in which requests may be parked.");
    var drain =
        of.optional(
            "drain",
            Limits.DRAIN,
            UpgradePolicy::drain,
            usual.drain(),
            "How long the old slot may finish what it has.");
    var bake =
        of.optional(
            "bake",
            Limits.BAKE,
            UpgradePolicy::bake,
            usual.bake(),
            "Watch after the flip; the old slot stays warm.");
    notYet(of, "promote");
    notYet(of, "demote");
    return of.build(
        v ->
            new UpgradePolicy(
                v.get(strategy), v.get(overlap), v.get(hold), v.get(drain), v.get(bake)));
  }

  private static void notYet(ObjectShapeBuilder<UpgradePolicy> of, String hook) {
    of.optional(
        hook,
        new NotYetShape("leave " + hook + " out"),
        u -> List.of(),
        List.of(),
        "Hooks come with a later release.");
  }

  private static Shape<Strategy> strategy() {
    Map<String, Strategy> words = new LinkedHashMap<>();
    words.put("blue-green", Strategy.BLUE_GREEN);
    words.put("rolling", Strategy.ROLLING);
    return new ChoiceShape<>(words);
  }

  private static Shape<Overlap> overlap() {
    return new ChoiceShape<>(
        Map.of("full", Overlap.FULL), Map.of("standby", OVERLAP_LATER, "none", OVERLAP_LATER));
  }

  static Shape<StatePolicy> state() {
    var of = new ObjectShapeBuilder<StatePolicy>();
    Map<String, Class<? extends StatePolicy>> kinds = new LinkedHashMap<>();
    kinds.put("none", StatePolicy.None.class);
    kinds.put("volume", StatePolicy.SharedVolume.class);
    String later =
        "until then keep state outside of the app, or in a volume: "
            + "{ kind: volume, mode: shared }";
    var kind =
        of.required(
            "kind",
            new ChoiceShape<Class<? extends StatePolicy>>(
                kinds, Map.of("modbus", later, "http", later, "exec", later)),
            StatePolicy::getClass,
            "What is carried over in a swap.");
    var mode =
        of.optional(
            "mode",
            new ChoiceShape<>(Map.of("shared", "shared"), Map.of("exclusive", OVERLAP_LATER))
                .optional(),
            s -> s instanceof StatePolicy.SharedVolume ? Optional.of("shared") : Optional.empty(),
            Optional.empty(),
            "With kind volume: both slots mount the app's volumes and both write.");
    of.check(v -> checkMode(v, kind, mode));
    of.alsoInSchema(
        Keywords.of(
            "if", Keywords.of("properties", Keywords.of("kind", Keywords.of("const", "volume"))),
            "then", Keywords.of("required", List.of("mode")),
            "else", Keywords.of("properties", Keywords.of("mode", false))));
    return of.build(
        v -> v.get(mode).isPresent() ? new StatePolicy.SharedVolume() : new StatePolicy.None());
  }

  private static void checkMode(
      Values values, Field<?, Class<? extends StatePolicy>> kind, Field<?, ?> mode) {
    boolean isVolume =
        values.find(kind).stream().anyMatch(k -> k == StatePolicy.SharedVolume.class);
    if (isVolume && !values.isGiven(mode)) {
      values.problem(
          "",
          "kind volume needs a mode",
          "{ kind: volume, mode: shared } says that both slots write to the volumes during a swap");
    } else if (!isVolume && values.find(kind).isPresent() && values.isGiven(mode)) {
      values.problem("mode", "only kind volume has a mode", "take it off");
    }
  }
}
