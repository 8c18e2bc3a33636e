package dev.bumpless.manifest;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What runs: one or more containers that are swapped together, with ports, health, state and
 * upgrade policy.
 *
 * @param replicas how many instances a slot has, 1 to 16
 * @param waivers lint rules that this manifest asks to be let off
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
    Set<String> waivers) {

  public App {
    containers = List.copyOf(containers);
    ports = List.copyOf(ports);
    health = List.copyOf(health);
    state = List.copyOf(state);
    waivers = Set.copyOf(waivers);
  }

  public Optional<Container> container(String containerName) {
    return containers.stream().filter(c -> c.name().equals(containerName)).findFirst();
  }

  public App withContainers(List<Container> others) {
    return new App(name, others, ports, health, probe, replicas, upgrade, state, waivers);
  }
}
