package dev.bumpless.simulator;

import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.agent.swap.RouteControl;
import dev.bumpless.agent.swap.RouteException;
import dev.bumpless.agent.swap.RouteTable;
import dev.bumpless.agent.swap.RouteTable.AppRoutes;
import dev.bumpless.agent.swap.StateCopy;
import dev.bumpless.agent.swap.Ticker;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.RegisterRange;
import dev.bumpless.manifest.StatePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** A device's route table, with no routes behind it. Safe for any thread. */
final class SimulatedRouter implements RouteControl {
  private final Ticker ticker;
  private final Map<AppName, AppRoutes> apps = new HashMap<>();
  private final Map<AppName, Sides> copies = new HashMap<>();

  /** Whose values a copy carried at its begin. */
  private record Sides(InstanceKey from, InstanceKey to) {}

  SimulatedRouter(Ticker ticker) {
    this.ticker = ticker;
  }

  @Override
  public synchronized RouteTable table() {
    return new RouteTable("simulated", apps);
  }

  @Override
  public synchronized void define(
      AppName app,
      SortedMap<String, String> routes,
      Map<InstanceKey, SortedMap<String, String>> targets) {
    apps.put(app, new AppRoutes(generation(app), routes, targets, serving(app)));
  }

  private long generation(AppName app) {
    return Optional.ofNullable(apps.get(app)).map(AppRoutes::generation).orElse(0L) + 1;
  }

  private SortedSet<InstanceKey> serving(AppName app) {
    return Optional.ofNullable(apps.get(app)).map(AppRoutes::serving).orElseGet(TreeSet::new);
  }

  @Override
  public synchronized Hold hold(AppName app, Duration limit) throws RouteException {
    if (!apps.containsKey(app)) {
      throw new RouteException(RouteException.Kind.REFUSED, "no such app: " + app);
    }
    return new SimulatedHold(app, ticker.steady());
  }

  @Override
  public int drain(AppName app, SortedSet<InstanceKey> instances, Duration deadline) {
    return 0;
  }

  @Override
  public synchronized Map<InstanceKey, Traffic> traffic(AppName app) {
    Map<InstanceKey, Traffic> traffic = new TreeMap<>();
    Optional.ofNullable(apps.get(app))
        .ifPresent(a -> a.targets().keySet().forEach(k -> traffic.put(k, new Traffic(0, 0, 0))));
    return traffic;
  }

  @Override
  public synchronized void remove(AppName app) {
    apps.remove(app);
    copies.remove(app);
  }

  @Override
  public synchronized void copy(
      AppName app,
      InstanceKey from,
      InstanceKey to,
      StatePolicy.Modbus what,
      List<RegisterRange> skip,
      String route) {
    copies.put(app, new Sides(from, to));
  }

  /** Whole at once, and open both ways. */
  @Override
  public synchronized Optional<StateCopy> copyOf(AppName app) {
    return Optional.ofNullable(copies.get(app)).map(sides -> copy(app, sides));
  }

  private StateCopy copy(AppName app, Sides sides) {
    boolean isFlipped = serving(app).contains(sides.to());
    return new StateCopy(
        "simulated",
        isFlipped ? sides.to() : sides.from(),
        isFlipped ? sides.from() : sides.to(),
        StateCopy.Phase.WHOLE,
        0,
        0,
        0,
        isFlipped ? StateCopy.WayBack.OPEN : StateCopy.WayBack.NONE,
        "");
  }

  @Override
  public synchronized void forgetCopy(AppName app) {
    copies.remove(app);
  }

  private final class SimulatedHold implements Hold {
    private final AppName app;
    private final Instant since;

    SimulatedHold(AppName app, Instant since) {
      this.app = app;
      this.since = since;
    }

    @Override
    public void flip(SortedSet<InstanceKey> serving) throws RouteException {
      synchronized (SimulatedRouter.this) {
        AppRoutes routes = apps.get(app);
        if (routes == null || !routes.targets().keySet().containsAll(serving)) {
          throw new RouteException(RouteException.Kind.REFUSED, serving + " are not all known");
        }
        apps.put(app, new AppRoutes(generation(app), routes.routes(), routes.targets(), serving));
      }
    }

    @Override
    public void sync() {
      // a copy here is always whole
    }

    @Override
    public Duration release() {
      return Duration.between(since, ticker.steady());
    }

    @Override
    public void close() {
      // nothing is parked
    }
  }
}
