package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.RouteControl.Traffic;
import dev.bumpless.agent.swap.RouteTable.AppRoutes;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.Revision;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is seen of an app, and what the agent remembers: all that a plan is made from, beside the
 * order.
 *
 * @param containers by their labels
 * @param routes the router's record
 * @param traffic what the router counts, empty where it was not asked
 * @param copy of Modbus values; empty where the router was not asked
 * @param entry the journal's
 * @param notes this life's
 * @param lease what keeps it as it is
 * @param now steady
 * @param wall what a person's watch says now
 */
record ObservedApp(
    AppName app,
    List<ObservedContainer> containers,
    Optional<AppRoutes> routes,
    Map<InstanceKey, Traffic> traffic,
    Optional<StateCopy> copy,
    JournalEntry entry,
    Notes notes,
    Optional<Leases.Lease> lease,
    Instant now,
    Instant wall) {
  ObservedApp {
    containers = List.copyOf(containers);
    traffic = Map.copyOf(traffic);
  }

  ObservedApp with(Notes newer) {
    return new ObservedApp(app, containers, routes, traffic, copy, entry, newer, lease, now, wall);
  }

  /** A steady moment as a person reads it. */
  Instant clock(Instant steady) {
    return wall.plus(Duration.between(now, steady)).truncatedTo(ChronoUnit.SECONDS);
  }

  /** The instances that new requests go to. */
  SortedSet<InstanceKey> serving() {
    return routes.map(AppRoutes::serving).orElseGet(TreeSet::new);
  }

  Optional<Slot> servingSlot() {
    return serving().stream().map(InstanceKey::slot).findFirst();
  }

  /** What the labels of the serving containers say. */
  Optional<Revision> servingRevision() {
    SortedSet<InstanceKey> serving = serving();
    return containers.stream()
        .filter(c -> serving.contains(c.instance()))
        .map(ObservedContainer::revision)
        .findFirst();
  }

  /** Every instance that has a container, in any state. */
  SortedSet<InstanceKey> instances() {
    return containers.stream()
        .map(ObservedContainer::instance)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  List<ObservedContainer> of(InstanceKey key) {
    return containers.stream().filter(c -> c.instance().equals(key)).toList();
  }

  boolean exists(InstanceKey key) {
    return !of(key).isEmpty();
  }

  /** Whether it has containers and all of them run. */
  boolean runs(InstanceKey key) {
    List<ObservedContainer> own = of(key);
    return !own.isEmpty() && own.stream().allMatch(ObservedContainer::isRunning);
  }

  /** Whether anything of it could still act. */
  boolean isAlive(InstanceKey key) {
    return of(key).stream().anyMatch(ObservedContainer::isAlive);
  }

  /** Whether it has a container that does nothing, be it beside one that runs. */
  boolean isDown(InstanceKey key) {
    return of(key).stream().anyMatch(c -> !c.isAlive());
  }

  /** Requests and connections that are open at these instances. */
  long underway(Collection<InstanceKey> keys) {
    return keys.stream()
        .map(traffic::get)
        .filter(Objects::nonNull)
        .mapToLong(Traffic::underway)
        .sum();
  }
}
