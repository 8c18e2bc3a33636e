package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.RouteTable.AppRoutes;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.manifest.Port;
import dev.bumpless.protocol.ImagePlatforms;
import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.Release.PlatformImage;
import dev.bumpless.protocol.ReleaseNeeds;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Whether this machine can take a release, decided before the first byte moves and before anything
 * that runs is touched.
 *
 * @param missing images of the release that are not there yet
 * @param table all routes of the device
 */
record Preflight(
    EngineFacts facts, Set<ImageRef> missing, RouteTable table, String defaultAddress) {

  /** Engine 20.10, the oldest that was tried. */
  private static final int OLDEST_API_MINOR = 41;

  /** Why not, for a person; empty where nothing speaks against it. */
  Optional<String> objection(Release release, int instances) {
    ReleaseNeeds needs = ReleaseNeeds.of(release);
    return engine()
        .or(() -> platform(release))
        .or(() -> needs.diskShortage(missing::contains, facts.platform(), facts.freeDiskBytes()))
        .or(() -> needs.memoryShortage(instances, facts.availableMemoryBytes()))
        .or(() -> ports(release.app()))
        .or(() -> strangers(release.app()));
  }

  /** What is allowed and still not wise. */
  Optional<String> advice() {
    return facts.liveRestore()
        ? Optional.empty()
        : Optional.of("the engine's live-restore is off: when it restarts, so do all apps");
  }

  private Optional<String> engine() {
    String[] parts = facts.apiVersion().split("\\.", 2);
    try {
      int major = Integer.parseInt(parts[0]);
      int minor = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
      if (major > 1 || minor >= OLDEST_API_MINOR) {
        return Optional.empty();
      }
    } catch (NumberFormatException e) {
      return Optional.of("the engine's API version '" + facts.apiVersion() + "' cannot be read");
    }
    return Optional.of(
        "engine %s speaks API %s; at least 1.%d (engine 20.10) is needed: upgrade the engine"
            .formatted(facts.version(), facts.apiVersion(), OLDEST_API_MINOR));
  }

  private Optional<String> platform(Release release) {
    for (Container container : release.app().containers()) {
      Map<String, PlatformImage> offered =
          release.images().getOrDefault(container.name(), Map.of());
      if (!offered.isEmpty()
          && ImagePlatforms.choose(offered.keySet(), facts.platform()).isEmpty()) {
        return Optional.of(
            "image %s of container '%s' is made for %s, this device is %s: push an image for it"
                .formatted(
                    container.image(),
                    container.name(),
                    new TreeSet<>(offered.keySet()),
                    facts.platform()));
      }
    }
    return Optional.empty();
  }

  private Optional<String> ports(App app) {
    for (Port port : app.ports()) {
      String listen = RoutePlan.listen(port, defaultAddress);
      for (Map.Entry<AppName, AppRoutes> other : table.apps().entrySet()) {
        Map<String, String> routes = other.getValue().routes();
        if (other.getKey().equals(app.name())) {
          String protocol = RoutePlan.lower(port.protocol());
          String present = RoutePlan.protocol(routes.getOrDefault(listen, protocol));
          if (!present.equals(protocol)) {
            return Optional.of(
                ("%s changes from %s to %s under its clients: listen on another port, or delete"
                        + " the app first")
                    .formatted(listen, present, protocol));
          }
        } else {
          for (String taken : routes.keySet()) {
            if (clash(listen, taken)) {
              return Optional.of(
                  "%s is taken by app '%s' (%s): listen on another port or address"
                      .formatted(listen, other.getKey(), taken));
            }
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Ports that no app has, and yet somebody listens there: not the router, then. */
  private Optional<String> strangers(App app) {
    Set<String> routed =
        table.apps().values().stream()
            .flatMap(routes -> routes.routes().keySet().stream())
            .collect(Collectors.toSet());
    List<String> strangers =
        facts.listening().stream()
            .filter(taken -> routed.stream().noneMatch(route -> clash(route, taken)))
            .sorted()
            .toList();
    for (Port port : app.ports()) {
      String listen = RoutePlan.listen(port, defaultAddress);
      for (String taken : strangers) {
        if (clash(listen, taken)) {
          return Optional.of(
              ("%s is taken by another program of this device (it listens on %s; 'ss -ltnp' there"
                      + " names it): stop it, or listen on another port or address")
                  .formatted(listen, taken));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean clash(String one, String other) {
    int a = one.lastIndexOf(':');
    int b = other.lastIndexOf(':');
    return one.substring(a).equals(other.substring(b))
        && (one.equals(other) || isAny(one.substring(0, a)) || isAny(other.substring(0, b)));
  }

  private static boolean isAny(String address) {
    return address.equals("0.0.0.0") || address.equals("[::]");
  }
}
