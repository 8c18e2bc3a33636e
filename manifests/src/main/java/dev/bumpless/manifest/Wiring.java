package dev.bumpless.manifest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whether the parts of an app fit together: names that exist, ports that are free, no cycles. */
final class Wiring {
  private final Misfits misfits = new Misfits();

  private Wiring() {}

  /** All of an app; the pieces are for a text of which not every part could be read. */
  static List<Misfit> of(
      List<Container> containers,
      List<Port> ports,
      List<HealthCheck> health,
      int replicas,
      UpgradePolicy upgrade,
      List<StatePolicy> state,
      Optional<Compare> compare) {
    List<Misfit> all = new ArrayList<>(ofContainers(containers));
    all.addAll(ofPorts(containers, ports));
    all.addAll(ofAnswers(ports, upgrade));
    all.addAll(ofHealth(containers, health));
    all.addAll(UpgradeWiring.of(replicas, upgrade));
    all.addAll(UpgradeWiring.ofHooks(containers, upgrade));
    all.addAll(StateWiring.of(replicas, upgrade, state));
    all.addAll(StateWiring.ofPlaces(containers, ports, state));
    all.addAll(StateWiring.ofValues(state, compare));
    compare.ifPresent(
        c -> {
          all.addAll(CompareWiring.of(replicas, upgrade, c));
          all.addAll(CompareWiring.ofPlaces(containers, c));
          all.addAll(CompareWiring.ofValues(state, c));
        });
    return all;
  }

  static List<Misfit> ofContainers(List<Container> containers) {
    Wiring wiring = new Wiring();
    Map<String, Container> byName = new HashMap<>();
    for (int i = 0; i < containers.size(); i++) {
      Container container = containers.get(i);
      if (byName.putIfAbsent(container.name(), container) != null) {
        wiring.misfits.tell(
            "containers[" + i + "].name",
            "two containers are called '" + container.name() + "'",
            "a name is a host name on the app's network: give each its own");
      }
    }
    for (int i = 0; i < containers.size(); i++) {
      wiring.dependencies("containers[" + i + "].dependsOn", containers.get(i), byName);
    }
    return wiring.misfits.list();
  }

  private void dependencies(String path, Container container, Map<String, Container> byName) {
    for (String needed : container.dependsOn()) {
      misfits.exists(path, needed, byName.keySet());
    }
    cycle(container.name(), container.name(), byName, new LinkedHashSet<>())
        .ifPresent(
            c ->
                misfits.tell(
                    path, "containers depend on each other in a circle: " + c, "break it"));
  }

  /** The way from {@code at} back to {@code start}, if there is one; told once a circle. */
  private static Optional<String> cycle(
      String start, String at, Map<String, Container> byName, Set<String> seen) {
    if (!seen.add(at) || !byName.containsKey(at) || at.compareTo(start) < 0) {
      return Optional.empty();
    }
    for (String next : byName.get(at).dependsOn()) {
      if (next.equals(start)) {
        return Optional.of(at + " → " + start);
      }
      Optional<String> rest = cycle(start, next, byName, seen);
      if (rest.isPresent()) {
        return Optional.of(at + " → " + rest.get());
      }
    }
    return Optional.empty();
  }

  static List<Misfit> ofPorts(List<Container> containers, List<Port> ports) {
    Wiring wiring = new Wiring();
    for (int i = 0; i < ports.size(); i++) {
      Port port = ports.get(i);
      wiring.misfits.isReachable("ports[" + i + "].container", port.container(), containers);
      for (int j = 0; j < i; j++) {
        if (port.clashesWith(ports.get(j))) {
          wiring.misfits.tell(
              "ports[" + i + "].listen",
              "port " + port.listen() + " is taken by entry " + (j + 1) + " of this list",
              "listen on another port, or give both an address of their own");
          break;
        }
      }
    }
    return wiring.misfits.list();
  }

  /** A hold waits for the requests under way: who may take longer than it makes it overrun. */
  static List<Misfit> ofAnswers(List<Port> ports, UpgradePolicy upgrade) {
    Wiring wiring = new Wiring();
    for (int i = 0; i < ports.size(); i++) {
      Port port = ports.get(i);
      Duration answer = port.modbus().orElse(ModbusLimits.DEFAULT).answer();
      if (port.protocol() == Port.Protocol.MODBUS && answer.compareTo(upgrade.hold()) >= 0) {
        wiring.misfits.tell(
            "ports[" + i + "].modbus.answer",
            "a request may take %d ms, and the hold waits for it %d ms at most"
                .formatted(answer.toMillis(), upgrade.hold().toMillis()),
            "lower it, or raise upgrade.hold");
      }
    }
    return wiring.misfits.list();
  }

  static List<Misfit> ofHealth(List<Container> containers, List<HealthCheck> health) {
    Wiring wiring = new Wiring();
    for (int i = 0; i < health.size(); i++) {
      String path = "health[" + i + "].container";
      HealthCheck check = health.get(i);
      if (check instanceof HealthCheck.Exec) {
        wiring.misfits.exists(path, check.container(), containers);
      } else {
        wiring.misfits.isReachable(path, check.container(), containers);
      }
    }
    return wiring.misfits.list();
  }
}
