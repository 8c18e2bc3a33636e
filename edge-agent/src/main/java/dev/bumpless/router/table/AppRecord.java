package dev.bumpless.router.table;

import static java.util.Collections.unmodifiableSortedMap;
import static java.util.Collections.unmodifiableSortedSet;

import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Everything that the router knows of an app: one record, replaced as a whole.
 *
 * @param generation 1 when the app is first defined; grows by one with every change
 * @param routes where to listen, and what for; at most {@value #MOST}
 * @param targets every known instance, and where it takes what comes in by a route. An instance
 *     need not have a target for each: a route that a release adds is unknown to the one before. At
 *     most {@value #MOST}
 * @param serving the instances that new requests go to; none before the first flip, and when the
 *     app is stopped
 */
public record AppRecord(
    String app,
    long generation,
    SortedMap<Endpoint, Protocol> routes,
    SortedMap<Instance, SortedMap<Endpoint, Endpoint>> targets,
    SortedSet<Instance> serving) {

  /** Most routes, and most instances, of an app. */
  public static final int MOST = 128;

  private static final Pattern APP = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  public AppRecord {
    check(APP.matcher(app).matches(), "'" + app + "' is no app name");
    check(generation >= 1, "generation " + generation + ": expected 1 or more");
    check(routes.size() <= MOST, routes.size() + " routes: at most " + MOST);
    check(targets.size() <= MOST, targets.size() + " instances: at most " + MOST);
    routes = unmodifiableSortedMap(new TreeMap<>(routes));
    SortedMap<Instance, SortedMap<Endpoint, Endpoint>> copy = new TreeMap<>();
    for (var target : targets.entrySet()) {
      for (Endpoint route : target.getValue().keySet()) {
        check(
            routes.containsKey(route),
            "target of " + target.getKey() + " for " + route + ", which is no route of the app");
      }
      copy.put(target.getKey(), unmodifiableSortedMap(new TreeMap<>(target.getValue())));
    }
    targets = unmodifiableSortedMap(copy);
    serving = unmodifiableSortedSet(new TreeSet<>(serving));
    for (Instance instance : serving) {
      check(targets.containsKey(instance), instance + " serves and has to stay among the targets");
    }
  }

  static AppRecord first(
      String app,
      SortedMap<Endpoint, Protocol> routes,
      SortedMap<Instance, SortedMap<Endpoint, Endpoint>> targets) {
    return new AppRecord(app, 1, routes, targets, new TreeSet<>());
  }

  AppRecord redefined(
      SortedMap<Endpoint, Protocol> newRoutes,
      SortedMap<Instance, SortedMap<Endpoint, Endpoint>> newTargets) {
    return new AppRecord(app, generation + 1, newRoutes, newTargets, serving);
  }

  AppRecord flipped(SortedSet<Instance> newServing) {
    return new AppRecord(app, generation + 1, routes, targets, newServing);
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
