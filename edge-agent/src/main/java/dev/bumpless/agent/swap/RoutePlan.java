package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.RouteTable.AppRoutes;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Port;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where the router shall listen for an app and whom it can feed there.
 *
 * @param routes listening {@code address:port} to protocol
 * @param targets as in {@link AppRoutes}
 */
record RoutePlan(
    SortedMap<String, String> routes, Map<InstanceKey, SortedMap<String, String>> targets) {

  /**
   * The routes of an app that feed these instances, and nothing else.
   *
   * @param defaultAddress for ports that name none
   */
  static RoutePlan of(
      App app, Collection<InstanceKey> instances, ObservedApp seen, String defaultAddress) {
    SortedMap<String, String> routes = new TreeMap<>();
    for (Port port : app.ports()) {
      routes.put(listen(port, defaultAddress), label(port));
    }
    Map<InstanceKey, SortedMap<String, String>> targets = new HashMap<>();
    for (InstanceKey key : instances) {
      targets.put(key, target(app, seen.of(key), defaultAddress));
    }
    return new RoutePlan(routes, targets);
  }

  private static SortedMap<String, String> target(
      App app, List<ObservedContainer> containers, String defaultAddress) {
    SortedMap<String, String> target = new TreeMap<>();
    for (Port port : app.ports()) {
      containers.stream()
          .filter(c -> c.container().equals(port.container()))
          .findFirst()
          .ifPresent(
              c -> target.put(listen(port, defaultAddress), hostPort(c.address(), port.target())));
    }
    return target;
  }

  /**
   * These routes beside those of the instances that are there already: the ones that serve, and the
   * ones that finish what they have or may be needed for the way back.
   */
  RoutePlan beside(ObservedApp seen) {
    if (seen.routes().isEmpty()) {
      return this;
    }
    AppRoutes present = seen.routes().get();
    SortedMap<String, String> both = new TreeMap<>(routes);
    Map<InstanceKey, SortedMap<String, String>> all = new HashMap<>(targets);
    present
        .targets()
        .forEach(
            (key, target) -> {
              if (present.serving().contains(key) || seen.exists(key)) {
                all.putIfAbsent(key, target);
                target
                    .keySet()
                    .forEach(listen -> both.putIfAbsent(listen, present.routes().get(listen)));
              }
            });
    return new RoutePlan(both, all);
  }

  boolean isIn(Optional<AppRoutes> present) {
    return present
        .filter(p -> p.routes().equals(routes) && p.targets().equals(targets))
        .isPresent();
  }

  Step.Define define() {
    return new Step.Define(routes, targets);
  }

  static String listen(Port port, String defaultAddress) {
    return hostPort(port.address().orElse(defaultAddress), port.listen());
  }

  private static String hostPort(String address, int port) {
    boolean bare = address.indexOf(':') >= 0 && !address.startsWith("[");
    return (bare ? "[" + address + "]" : address) + ":" + port;
  }

  static String lower(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }

  /** The protocol as the router writes it, with what the manifest says of its limits. */
  static String label(Port port) {
    String own =
        port.modbus()
            .map(m -> ",answer=%dms,pipelined=%d".formatted(m.answer().toMillis(), m.pipelined()))
            .or(
                () ->
                    port.udp()
                        .map(
                            u ->
                                ",idle=%dms,moves=%s"
                                    .formatted(u.idle().toMillis(), lower(u.moves()))))
            .orElse("");
    return lower(port.protocol()) + own;
  }

  /** Without the limits. */
  static String protocol(String label) {
    int comma = label.indexOf(',');
    return comma < 0 ? label : label.substring(0, comma);
  }
}
