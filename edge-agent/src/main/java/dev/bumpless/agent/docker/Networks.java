package dev.bumpless.agent.docker;

import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.Network;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.InstanceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The device's bridge, over which router and probes reach containers at fixed addresses, and the
 * networks on which containers of one instance find each other by name. All addresses come from the
 * configured subnet: lower half for the bridge, upper half for instances, so that no plant network
 * is ever hidden by one that the engine has picked by itself.
 *
 * <p>Containers cannot reach each other over the bridge: inter-container communication is off on
 * it, so green never reaches blue's database. Callers hold {@link DockerEngine}'s lock.
 */
final class Networks {
  private static final String NO_CROSSTALK = "com.docker.network.bridge.enable_icc";

  private final DockerConnection engine;
  private final DockerSettings settings;
  private final Supplier<List<HostRoutes.Route>> hostRoutes;

  Networks(
      DockerConnection engine,
      DockerSettings settings,
      Supplier<List<HostRoutes.Route>> hostRoutes) {
    this.engine = engine;
    this.settings = settings;
    this.hostRoutes = hostRoutes;
  }

  /** Makes the bridge where it is missing; fails where its addresses are somebody else's. */
  void ensureBridge() throws EngineException {
    Subnet wanted = settings.subnet().lowerHalf();
    List<Network> all = all();
    Optional<Network> bridge = named(settings.bridge(), all);
    if (bridge.isPresent()) {
      checkSubnet(bridge.get(), wanted);
      return;
    }
    checkFree(all);
    Map<String, String> labels = Map.of(Labels.SPACE, settings.space());
    make(settings.bridge(), wanted, labels, Map.of(NO_CROSSTALK, "false"));
  }

  /** The lowest address of the bridge that no container has, not even a stopped one. */
  String freeAddress() throws EngineException {
    Set<String> taken = new HashSet<>();
    String doing = "looking for a free address on network " + settings.bridge();
    List<Container> attached =
        engine.call(
            doing,
            client ->
                client
                    .listContainersCmd()
                    .withShowAll(true)
                    .withNetworkFilter(List.of(settings.bridge()))
                    .exec());
    attached.forEach(container -> taken.addAll(addresses(container)));
    return settings
        .subnet()
        .lowerHalf()
        .lowestFree(taken::contains)
        .orElseThrow(
            () ->
                new EngineException(
                    EngineException.Kind.PERMANENT,
                    "%s failed: all of %s are taken. Configure a larger 'subnet'."
                        .formatted(doing, settings.subnet().lowerHalf())));
  }

  private Set<String> addresses(Container container) {
    Set<String> found = new HashSet<>();
    ContainerNetwork network =
        container.getNetworkSettings() == null
            ? null
            : container.getNetworkSettings().getNetworks().get(settings.bridge());
    if (network != null) {
      if (network.getIpamConfig() != null && network.getIpamConfig().getIpv4Address() != null) {
        found.add(network.getIpamConfig().getIpv4Address());
      }
      if (network.getIpAddress() != null) {
        found.add(network.getIpAddress());
      }
    }
    return found;
  }

  static String nameOf(String space, InstanceKey instance) {
    return "bumpless-%s-%s-%s-%d"
        .formatted(space, instance.app(), instance.slot(), instance.number());
  }

  /** Makes the instance's own network where it is missing. */
  String ensureInstanceNetwork(InstanceKey instance, int containers) throws EngineException {
    String name = nameOf(settings.space(), instance);
    List<Network> all = all();
    if (named(name, all).isEmpty()) {
      List<Subnet> taken = all.stream().flatMap(Networks::subnets).toList();
      Subnet room = settings.subnet().upperHalf();
      Subnet part =
          room.lowestFreePart(containers, p -> taken.stream().anyMatch(p::overlaps))
              .orElseThrow(
                  () ->
                      new EngineException(
                          EngineException.Kind.PERMANENT,
                          "making network %s failed: no room for %d containers is left in %s. Configure a larger 'subnet'."
                              .formatted(name, containers, room)));
      make(name, part, Labels.ofInstance(settings.space(), instance), Map.of());
    }
    return name;
  }

  void removeInstanceNetwork(InstanceKey instance) throws EngineException {
    remove(nameOf(settings.space(), instance));
  }

  /** Removes networks of instances that have no container: left by a crash in between. */
  void sweep(Set<InstanceKey> alive) throws EngineException {
    Set<Map<String, String>> keep = new HashSet<>();
    alive.forEach(instance -> keep.add(Labels.ofInstance(settings.space(), instance)));
    for (Network network : all()) {
      Map<String, String> labels = labels(network);
      if (isOurs(labels) && labels.containsKey(Labels.INSTANCE) && !keep.contains(labels)) {
        remove(network.getName());
      }
    }
  }

  private void remove(String name) throws EngineException {
    engine.run(
        "removing network " + name,
        DockerConnection.LONG,
        Set.of(404),
        client -> client.removeNetworkCmd(name).exec());
  }

  private void make(
      String name, Subnet subnet, Map<String, String> labels, Map<String, String> options)
      throws EngineException {
    engine.call(
        "making network %s with subnet %s".formatted(name, subnet),
        DockerConnection.LONG,
        client ->
            client
                .createNetworkCmd()
                .withName(name)
                .withDriver("bridge")
                .withCheckDuplicate(true)
                .withOptions(new HashMap<>(options))
                .withLabels(labels)
                .withIpam(
                    new Network.Ipam()
                        .withConfig(
                            new Network.Ipam.Config()
                                .withSubnet(subnet.toString())
                                .withGateway(subnet.gateway())))
                .exec());
  }

  private void checkSubnet(Network bridge, Subnet wanted) throws EngineException {
    if (subnets(bridge).noneMatch(wanted::equals)) {
      throw new EngineException(
          EngineException.Kind.PERMANENT,
          "using network %s failed: it has %s and the configuration asks for %s. Remove its containers and the network, or configure the old subnet again."
              .formatted(settings.bridge(), subnets(bridge).toList(), wanted));
    }
  }

  private void checkFree(List<Network> all) throws EngineException {
    List<Subnet> ours = new ArrayList<>();
    for (Network network : all) {
      List<Subnet> clashing = subnets(network).filter(settings.subnet()::overlaps).toList();
      if (isOurs(labels(network))) {
        ours.addAll(clashing);
      } else if (!clashing.isEmpty()) {
        throw clash("docker network %s (%s)".formatted(network.getName(), clashing.get(0)));
      }
    }
    for (HostRoutes.Route route : hostRoutes.get()) {
      if (route.destination().overlaps(settings.subnet()) && !ours.contains(route.destination())) {
        throw clash("route to %s over %s".formatted(route.destination(), route.device()));
      }
    }
  }

  private EngineException clash(String with) {
    return new EngineException(
        EngineException.Kind.PERMANENT,
        "making network %s failed: subnet %s clashes with the %s of this host. Choose another 'subnet' in the agent's configuration."
            .formatted(settings.bridge(), settings.subnet(), with));
  }

  private List<Network> all() throws EngineException {
    return engine.call("listing the engine's networks", client -> client.listNetworksCmd().exec());
  }

  private boolean isOurs(Map<String, String> labels) {
    return settings.space().equals(labels.get(Labels.SPACE));
  }

  private static Map<String, String> labels(Network network) {
    return network.getLabels() == null ? Map.of() : network.getLabels();
  }

  private static Optional<Network> named(String name, List<Network> all) {
    return all.stream().filter(network -> network.getName().equals(name)).findFirst();
  }

  private static Stream<Subnet> subnets(Network network) {
    if (network.getIpam() == null || network.getIpam().getConfig() == null) {
      return Stream.empty();
    }
    return network.getIpam().getConfig().stream()
        .map(Network.Ipam.Config::getSubnet)
        .filter(Objects::nonNull)
        .filter(subnet -> !subnet.contains(":"))
        .map(Subnet::parse);
  }
}
