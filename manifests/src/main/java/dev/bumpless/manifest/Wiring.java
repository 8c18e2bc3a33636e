package dev.bumpless.manifest;

import dev.bumpless.manifest.UpgradePolicy.Strategy;
import dev.bumpless.manifest.shape.Nearest;
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
  private final List<Misfit> misfits = new ArrayList<>();

  private Wiring() {}

  static List<Misfit> of(
      List<Container> containers,
      List<Port> ports,
      List<HealthCheck> health,
      int replicas,
      UpgradePolicy upgrade,
      List<StatePolicy> state) {
    List<Misfit> all = new ArrayList<>(ofContainers(containers));
    all.addAll(ofPorts(containers, ports));
    all.addAll(ofAnswers(ports, upgrade));
    all.addAll(ofHealth(containers, health));
    all.addAll(ofReplicas(replicas, upgrade));
    all.addAll(ofState(state));
    return all;
  }

  static List<Misfit> ofContainers(List<Container> containers) {
    Wiring wiring = new Wiring();
    Map<String, Container> byName = new HashMap<>();
    for (int i = 0; i < containers.size(); i++) {
      Container container = containers.get(i);
      if (byName.putIfAbsent(container.name(), container) != null) {
        wiring.tell(
            "containers[" + i + "].name",
            "two containers are called '" + container.name() + "'",
            "a name is a host name on the app's network: give each its own");
      }
    }
    for (int i = 0; i < containers.size(); i++) {
      wiring.dependencies("containers[" + i + "].dependsOn", containers.get(i), byName);
    }
    return wiring.misfits;
  }

  private void dependencies(String path, Container container, Map<String, Container> byName) {
    for (String needed : container.dependsOn()) {
      exists(path, needed, byName.keySet());
    }
    cycle(container.name(), container.name(), byName, new LinkedHashSet<>())
        .ifPresent(
            c -> tell(path, "containers depend on each other in a circle: " + c, "break it"));
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
      wiring.isReachable("ports[" + i + "].container", port.container(), containers);
      for (int j = 0; j < i; j++) {
        if (port.clashesWith(ports.get(j))) {
          wiring.tell(
              "ports[" + i + "].listen",
              "port " + port.listen() + " is taken by entry " + (j + 1) + " of this list",
              "listen on another port, or give both an address of their own");
          break;
        }
      }
    }
    return wiring.misfits;
  }

  /** A hold waits for the requests under way: who may take longer than it makes it overrun. */
  static List<Misfit> ofAnswers(List<Port> ports, UpgradePolicy upgrade) {
    Wiring wiring = new Wiring();
    for (int i = 0; i < ports.size(); i++) {
      Port port = ports.get(i);
      Duration answer = port.modbus().orElse(ModbusLimits.DEFAULT).answer();
      if (port.protocol() == Port.Protocol.MODBUS && answer.compareTo(upgrade.hold()) >= 0) {
        wiring.tell(
            "ports[" + i + "].modbus.answer",
            "a request may take %d ms, and the hold waits for it %d ms at most"
                .formatted(answer.toMillis(), upgrade.hold().toMillis()),
            "lower it, or raise upgrade.hold");
      }
    }
    return wiring.misfits;
  }

  static List<Misfit> ofHealth(List<Container> containers, List<HealthCheck> health) {
    Wiring wiring = new Wiring();
    for (int i = 0; i < health.size(); i++) {
      String path = "health[" + i + "].container";
      HealthCheck check = health.get(i);
      if (check instanceof HealthCheck.Exec) {
        wiring.exists(path, check.container(), names(containers));
      } else {
        wiring.isReachable(path, check.container(), containers);
      }
    }
    return wiring.misfits;
  }

  static List<Misfit> ofReplicas(int replicas, UpgradePolicy upgrade) {
    Wiring wiring = new Wiring();
    if (upgrade.strategy() == Strategy.ROLLING && replicas < 2) {
      wiring.tell(
          "upgrade.strategy",
          "a rolling upgrade needs 2 replicas or more, and there is " + replicas,
          "set replicas, or take strategy blue-green");
    }
    return wiring.misfits;
  }

  static List<Misfit> ofState(List<StatePolicy> state) {
    Wiring wiring = new Wiring();
    if (state.size() > 1) {
      wiring.tell(
          "state[1]",
          "kind none and kind volume may stand here once, and not beside each other",
          "one entry { kind: volume, mode: shared } is for all volumes");
    }
    return wiring.misfits;
  }

  private void isReachable(String path, String name, List<Container> containers) {
    exists(path, name, names(containers));
    if (containers.stream().anyMatch(c -> c.name().equals(name) && c.security().hostNetwork())) {
      tell(
          path,
          "container '"
              + name
              + "' is on the host's network, where the router cannot tell one"
              + " slot from the other",
          "take off hostNetwork, or the port and its health check");
    }
  }

  private void exists(String path, String name, Set<String> names) {
    if (!names.contains(name)) {
      String nearest = Nearest.hint(name, names);
      tell(
          path,
          "there is no container '" + name + "'",
          nearest.isEmpty() ? "expected one of " + String.join(", ", names) : nearest);
    }
  }

  private static Set<String> names(List<Container> containers) {
    return Ordered.set(containers.stream().map(Container::name).toList());
  }

  private void tell(String path, String message, String hint) {
    misfits.add(new Misfit(path, message, hint));
  }
}
