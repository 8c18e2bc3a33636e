package dev.bumpless.manifest;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What runs: one or more containers that are swapped together, with ports, health, state and
 * upgrade policy. Names and ports in it fit together, see {@link Wiring}.
 *
 * @param containers 1 to 16, in the order of the manifest
 * @param health where none is given: a TCP connection to the target of every TCP port
 * @param replicas how many instances a slot has, 1 to 16
 * @param waivers ids of {@link Lint} rules that this manifest asks to be let off, in order
 */
public record App(
    AppName name,
    List<Container> containers,
    List<Port> ports,
    List<HealthCheck> health,
    ProbePolicy probe,
    int replicas,
    UpgradePolicy upgrade,
    List<StatePolicy> state,
    Optional<Compare> compare,
    SecurityPolicy policy,
    Set<String> waivers) {
  public static final int MAX_CONTAINERS = 16;
  public static final int MAX_PORTS = 64;
  public static final int MAX_REPLICAS = 16;

  public App {
    containers = List.copyOf(containers);
    ports = List.copyOf(ports);
    health = health.isEmpty() ? connectToEach(ports) : List.copyOf(health);
    state = List.copyOf(state);
    waivers = Ordered.set(waivers);
    Limits.check("replicas", replicas, Limits.REPLICAS);
    InvalidManifestException.check(
        !containers.isEmpty() && containers.size() <= MAX_CONTAINERS,
        "app '%s' has %d containers: expected 1 to %d",
        name,
        containers.size(),
        MAX_CONTAINERS);
    InvalidManifestException.refuse(
        Wiring.of(containers, ports, health, replicas, upgrade, state, compare));
  }

  /** An app under the standard policy. */
  public App(
      AppName name,
      List<Container> containers,
      List<Port> ports,
      List<HealthCheck> health,
      ProbePolicy probe,
      int replicas,
      UpgradePolicy upgrade,
      List<StatePolicy> state,
      Set<String> waivers) {
    this(
        name,
        containers,
        ports,
        health,
        probe,
        replicas,
        upgrade,
        state,
        Optional.empty(),
        SecurityPolicy.STANDARD,
        waivers);
  }

  public Optional<Container> container(String containerName) {
    return containers.stream().filter(c -> c.name().equals(containerName)).findFirst();
  }

  /** The containers, each after those that it depends on, else in the manifest's order. */
  public List<Container> startOrder() {
    Set<Container> started = new LinkedHashSet<>();
    containers.forEach(c -> startAfterItsOwn(c, started));
    return new ArrayList<>(started);
  }

  private void startAfterItsOwn(Container container, Set<Container> started) {
    if (started.contains(container)) {
      return;
    }
    for (String needed : container.dependsOn()) {
      container(needed).ifPresent(c -> startAfterItsOwn(c, started));
    }
    started.add(container);
  }

  public App withContainers(List<Container> others) {
    return new App(
        name, others, ports, health, probe, replicas, upgrade, state, compare, policy, waivers);
  }

  static List<HealthCheck> connectToEach(List<Port> ports) {
    return ports.stream()
        .filter(p -> p.protocol() != Port.Protocol.UDP)
        .<HealthCheck>map(p -> new HealthCheck.Tcp(p.container(), p.target()))
        .distinct()
        .toList();
  }
}
