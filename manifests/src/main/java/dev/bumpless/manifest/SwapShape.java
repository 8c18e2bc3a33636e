package dev.bumpless.manifest;

import dev.bumpless.manifest.UpgradePolicy.Overlap;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
import dev.bumpless.manifest.shape.ChoiceShape;
import dev.bumpless.manifest.shape.ListShape;
import dev.bumpless.manifest.shape.ObjectShapeBuilder;
import dev.bumpless.manifest.shape.Shape;
import dev.bumpless.manifest.shape.Texts;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the key {@code upgrade} looks like. */
final class SwapShape {
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
            "Both slots run at once (full); the new one starts passive and is promoted in the hold"
                + " (standby); the old one stops in the hold, then the new one starts (none).");
    var hold =
        of.optional(
            "hold",
            Limits.HOLD,
            UpgradePolicy::hold,
            usual.hold(),
            "Longest time in which requests may be parked; must be given with hooks, state of kind"
                + " exec and overlap none.");
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
    var gap =
        of.optional(
            "gap",
            Limits.GAP.optional(),
            UpgradePolicy::gap,
            Optional.empty(),
            "A swap whose measured gap is longer goes back; none: no limit.");
    var promote =
        of.optional(
            "promote",
            hooks(),
            UpgradePolicy::promote,
            List.of(),
            "Commands in the new slot, inside the hold.");
    var demote =
        of.optional(
            "demote",
            hooks(),
            UpgradePolicy::demote,
            List.of(),
            "Commands in the old slot, inside the hold and before those.");
    return of.build(
        v ->
            new UpgradePolicy(
                v.get(strategy),
                v.get(overlap),
                v.get(hold),
                v.get(drain),
                v.get(bake),
                v.get(gap),
                v.get(promote),
                v.get(demote)));
  }

  private static Shape<List<Hook>> hooks() {
    var of = new ObjectShapeBuilder<Hook>();
    var container =
        of.required("container", ContainerShape.label(), Hook::container, "Where it runs.");
    var exec =
        of.required(
            "exec",
            ListShape.of(Texts.any(Limits.TEXT_LENGTH), 1, Limits.ARGUMENTS),
            Hook::exec,
            "The command and its arguments; ends with 0 when it worked.");
    return ListShape.of(of.build(v -> new Hook(v.get(container), v.get(exec))), 0, Limits.HOOKS);
  }

  private static Shape<Strategy> strategy() {
    Map<String, Strategy> words = new LinkedHashMap<>();
    words.put("blue-green", Strategy.BLUE_GREEN);
    words.put("rolling", Strategy.ROLLING);
    return new ChoiceShape<>(words);
  }

  private static Shape<Overlap> overlap() {
    Map<String, Overlap> words = new LinkedHashMap<>();
    Arrays.stream(Overlap.values()).forEach(o -> words.put(o.toString(), o));
    return new ChoiceShape<>(words);
  }
}
