package dev.bumpless.agent.swap;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Compare;
import dev.bumpless.manifest.Port;
import dev.bumpless.manifest.RegisterRange;
import dev.bumpless.manifest.StatePolicy;
import dev.bumpless.manifest.UpgradePolicy.Overlap;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
import java.util.List;
import java.util.Optional;

/** What a manifest says of the state that a swap carries. Pure. */
final class Cargo {
  private Cargo() {}

  /** What the router copies. */
  static Optional<StatePolicy.Modbus> modbus(App app) {
    return app.state().stream()
        .filter(StatePolicy.Modbus.class::isInstance)
        .map(StatePolicy.Modbus.class::cast)
        .findFirst();
  }

  /** Whether the agent brings it inside the hold. */
  static boolean isBrought(StatePolicy state) {
    return state instanceof StatePolicy.Exec
        || state instanceof StatePolicy.Http
        || state instanceof StatePolicy.ExclusiveVolume;
  }

  static List<StatePolicy> brought(App app) {
    return app.state().stream().filter(Cargo::isBrought).toList();
  }

  /** Whether it lives in the memory of a process alone, and ends with that. */
  static boolean hasFleeting(App app) {
    return app.state().stream()
        .anyMatch(s -> s instanceof StatePolicy.Exec || s instanceof StatePolicy.Http);
  }

  /** Whether writes have to be carried back after a flip. */
  static boolean isCarried(App app) {
    return modbus(app).isPresent() || !brought(app).isEmpty();
  }

  /** What must never be copied over the new version's. */
  static List<RegisterRange> divergence(App app) {
    return app.compare().map(Compare::expectDivergence).orElse(List.of());
  }

  /** The listening address of the port by which the values are reached. */
  static Optional<String> route(App app, StatePolicy.Modbus state, String defaultAddress) {
    return app.ports().stream()
        .filter(p -> p.protocol() == Port.Protocol.MODBUS)
        .filter(p -> state.listen().map(l -> l == p.listen()).orElse(true))
        .findFirst()
        .map(p -> RoutePlan.listen(p, defaultAddress));
  }

  /** Whether the old slot runs on during the bake. */
  static boolean isKeptWarm(App app) {
    return app.upgrade().strategy() != Strategy.ROLLING && app.upgrade().overlap() != Overlap.NONE;
  }

  /** Whether the two slots never run at once. */
  static boolean isAlone(App app) {
    return app.upgrade().overlap() == Overlap.NONE;
  }

  /** Whether the engine starts its containers again; else the agent does, who knows which. */
  static boolean isRestartedByEngine(App app) {
    return app.upgrade().overlap() == Overlap.FULL;
  }
}
