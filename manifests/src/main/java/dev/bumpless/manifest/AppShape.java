package dev.bumpless.manifest;

import dev.bumpless.manifest.shape.ChoiceShape;
import dev.bumpless.manifest.shape.Field;
import dev.bumpless.manifest.shape.Keywords;
import dev.bumpless.manifest.shape.ListShape;
import dev.bumpless.manifest.shape.ObjectShape;
import dev.bumpless.manifest.shape.ObjectShapeBuilder;
import dev.bumpless.manifest.shape.Shape;
import dev.bumpless.manifest.shape.Values;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a manifest of {@code kind: App} looks like. Immutable. */
final class AppShape {
  static final String API_VERSION = "bumpless.dev/v1";
  static final String NOT_KUBERNETES =
      "this is not a Kubernetes object: its keys stand at the top level";

  static final AppShape INSTANCE = new AppShape();

  private final ObjectShapeBuilder<App> of = new ObjectShapeBuilder<>();
  final Field<App, String> apiVersion =
      of.required(
          "apiVersion",
          new ChoiceShape<>(Map.of(API_VERSION, API_VERSION)),
          a -> API_VERSION,
          "The version of this format.");
  final Field<App, String> kind = of.required("kind", kind(), a -> "App", "What this is.");
  final Field<App, AppName> name =
      of.required(
          "name",
          ContainerShape.label().as(AppName::new, AppName::value),
          App::name,
          "Its name on every device.");
  final Field<App, List<Container>> containers =
      of.required(
          "containers",
          ListShape.of(ContainerShape.shape(), 1, App.MAX_CONTAINERS),
          App::containers,
          "What is swapped together.");
  final Field<App, List<Port>> ports =
      of.optional(
          "ports",
          ListShape.of(TrafficShape.port(), 0, App.MAX_PORTS),
          App::ports,
          List.of(),
          "Where clients reach it; containers publish nothing themselves.");
  final Field<App, List<HealthCheck>> health =
      of.optional(
          "health",
          ListShape.of(HealthShape.health(), 0, Limits.LIST_LENGTH),
          App::health,
          List.of(),
          "All must pass. None: a TCP connection to each port's target.");
  final Field<App, ProbePolicy> probe =
      of.optional(
          "probe",
          TrafficShape.probe(),
          App::probe,
          ProbePolicy.DEFAULT,
          "When a new slot counts as healthy.");
  final Field<App, Integer> replicas =
      of.optional("replicas", Limits.REPLICAS, App::replicas, 1, "Instances in a slot.");
  final Field<App, UpgradePolicy> upgrade =
      of.optional(
          "upgrade",
          SwapShape.upgrade(),
          App::upgrade,
          UpgradePolicy.DEFAULT,
          "How a new release takes over.");
  final Field<App, List<StatePolicy>> state =
      of.optional(
          "state",
          ListShape.of(StateShape.state(), 0, Limits.STATES),
          App::state,
          List.of(),
          "What becomes of state in a swap, in this order; needed where volumes are written.");
  final Field<App, Optional<Compare>> compare =
      of.optional(
          "compare",
          CompareShape.compare().optional(),
          App::compare,
          Optional.empty(),
          "Before the flip reads go to both versions, and the answers must agree.");
  final Field<App, SecurityPolicy> policy =
      of.optional(
          "policy",
          policy(),
          App::policy,
          SecurityPolicy.STANDARD,
          "`strict` drops every capability and makes advice an error.");
  final Field<App, Set<String>> waivers =
      of.optional(
          "waivers",
          ContainerShape.set(waiver(), Rule.values().length),
          App::waivers,
          Set.of(),
          "Lint rules that this app is let off.");

  private final ObjectShape<App> shape =
      of.refuse("metadata", NOT_KUBERNETES)
          .refuse("spec", NOT_KUBERNETES)
          .refuse("services", "this is not a Compose file: see docs/manifest.md")
          .check(this::checkWiring)
          .alsoInSchema(memoryUnlessWaived())
          .build(this::app);

  private AppShape() {}

  ObjectShape<App> shape() {
    return shape;
  }

  private App app(Values v) {
    return new App(
        v.get(name),
        v.get(containers),
        v.get(ports),
        v.get(health),
        v.get(probe),
        v.get(replicas),
        v.get(upgrade),
        v.get(state),
        v.get(compare),
        v.get(policy),
        v.get(waivers));
  }

  private void checkWiring(Values v) {
    v.find(containers).ifPresent(c -> tell(v, Wiring.ofContainers(c)));
    v.find(containers)
        .flatMap(c -> v.find(ports).map(p -> Wiring.ofPorts(c, p)))
        .ifPresent(m -> tell(v, m));
    v.find(containers)
        .flatMap(c -> v.find(health).map(h -> Wiring.ofHealth(c, h)))
        .ifPresent(m -> tell(v, m));
    v.find(ports)
        .flatMap(p -> v.find(upgrade).map(u -> Wiring.ofAnswers(p, u)))
        .ifPresent(m -> tell(v, m));
    checkUpgrade(v);
    checkState(v);
    checkCompare(v);
  }

  private void checkUpgrade(Values v) {
    v.find(replicas)
        .flatMap(r -> v.find(upgrade).map(u -> UpgradeWiring.of(r, u)))
        .ifPresent(m -> tell(v, m));
    v.find(containers)
        .flatMap(c -> v.find(upgrade).map(u -> UpgradeWiring.ofHooks(c, u)))
        .ifPresent(m -> tell(v, m));
    if (!v.isGiven(upgrade, "hold")) {
      v.find(upgrade)
          .flatMap(u -> v.find(state).map(s -> UpgradeWiring.withoutHold(u, s)))
          .ifPresent(m -> tell(v, m));
    }
  }

  private void checkState(Values v) {
    List<StatePolicy> entries = v.find(state).orElse(List.of());
    v.find(replicas)
        .flatMap(r -> v.find(upgrade).map(u -> StateWiring.of(r, u, entries)))
        .ifPresent(m -> tell(v, m));
    v.find(containers)
        .flatMap(c -> v.find(ports).map(p -> StateWiring.ofPlaces(c, p, entries)))
        .ifPresent(m -> tell(v, m));
    v.find(compare).ifPresent(c -> tell(v, StateWiring.ofValues(entries, c)));
  }

  private void checkCompare(Values v) {
    v.find(compare).flatMap(c -> c).ifPresent(c -> checkCompare(v, c));
  }

  private void checkCompare(Values v, Compare given) {
    v.find(replicas)
        .flatMap(r -> v.find(upgrade).map(u -> CompareWiring.of(r, u, given)))
        .ifPresent(m -> tell(v, m));
    v.find(containers).ifPresent(c -> tell(v, CompareWiring.ofPlaces(c, given)));
    v.find(state).ifPresent(s -> tell(v, CompareWiring.ofValues(s, given)));
  }

  private static void tell(Values values, List<Misfit> misfits) {
    misfits.forEach(m -> values.problem(m.path(), m.message(), m.hint()));
  }

  private static Shape<String> kind() {
    return new ChoiceShape<>(Map.of("App", "App"));
  }

  private static Shape<SecurityPolicy> policy() {
    Map<String, SecurityPolicy> words = new LinkedHashMap<>();
    words.put("standard", SecurityPolicy.STANDARD);
    words.put("strict", SecurityPolicy.STRICT);
    return new ChoiceShape<>(words);
  }

  private static Shape<String> waiver() {
    Map<String, String> words = new LinkedHashMap<>();
    Arrays.stream(Rule.values()).filter(Rule::isWaivable).forEach(r -> words.put(r.id(), r.id()));
    return new ChoiceShape<>(words);
  }

  private static Map<String, Object> memoryUnlessWaived() {
    Map<String, Object> waived =
        Keywords.of(
            "required",
            List.of("waivers"),
            "properties",
            Keywords.of(
                "waivers", Keywords.of("contains", Keywords.of("const", Rule.MEMORY_LIMIT.id()))));
    Map<String, Object> limited =
        Keywords.of(
            "required",
            List.of("resources"),
            "properties",
            Keywords.of("resources", Keywords.of("required", List.of("memory"))));
    return Keywords.of(
        "if",
        waived,
        "else",
        Keywords.of("properties", Keywords.of("containers", Keywords.of("items", limited))));
  }
}
