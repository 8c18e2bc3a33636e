package dev.bumpless.agent.swap;

import dev.bumpless.manifest.AppName;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the router serves, as it says itself: the one truth of who serves.
 *
 * @param boot made anew at each start of the router
 */
public record RouteTable(String boot, Map<AppName, AppRoutes> apps) {
  public RouteTable {
    apps = Map.copyOf(apps);
  }

  public Optional<AppRoutes> of(AppName app) {
    return Optional.ofNullable(apps.get(app));
  }

  /**
   * The routes of an app: one record, replaced as a whole.
   *
   * @param generation grows by one with every change of the record
   * @param routes listening {@code address:port} to protocol, in the words of the router's {@code
   *     define}
   * @param targets every instance that the router knows, and for each route the {@code
   *     address:port} that it feeds there
   * @param serving the instances that new requests go to; empty before the first flip and when the
   *     app is stopped
   */
  public record AppRoutes(
      long generation,
      SortedMap<String, String> routes,
      Map<InstanceKey, SortedMap<String, String>> targets,
      SortedSet<InstanceKey> serving) {
    public AppRoutes {
      routes = Collections.unmodifiableSortedMap(new TreeMap<>(routes));
      targets = Map.copyOf(targets);
      serving = Collections.unmodifiableSortedSet(new TreeSet<>(serving));
    }
  }
}
