package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.RouteException.Kind;
import dev.bumpless.agent.swap.RouteTable.AppRoutes;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.RegisterRange;
import dev.bumpless.manifest.StatePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** A router whose table outlives the agents that use it; its holds do not. */
public final class FakeRouter implements RouteControl {

  /** A flip that was applied. */
  public record Flip(AppName app, SortedSet<InstanceKey> before, SortedSet<InstanceKey> after) {}

  /** What a test wants to know of every flip, at the moment that it is applied. */
  public interface FlipWatcher {
    void flipped(Flip flip);
  }

  private final Calls calls;
  private final Ticker ticker;
  private final Map<AppName, AppRoutes> apps = new HashMap<>();
  private final Map<AppName, FakeHold> holds = new HashMap<>();
  private final Map<InstanceKey, Long> underway = new HashMap<>();
  private final Map<InstanceKey, Long> failures = new HashMap<>();
  private final Map<InstanceKey, Traffic> answers = new HashMap<>();
  private final Set<String> taken = new HashSet<>();
  private final List<Flip> flips = new ArrayList<>();
  private FlipWatcher watcher = flip -> {};
  private Runnable beforeFlip = () -> {};
  private final FakeCopies copies;
  private int boots = 1;

  public FakeRouter(Calls calls, Ticker ticker, FakeEngine engine) {
    this.calls = calls;
    this.ticker = ticker;
    this.copies = new FakeCopies(engine);
  }

  /** What the copies of Modbus values do. */
  public FakeCopies copies() {
    return copies;
  }

  public void watch(FlipWatcher newer) {
    watcher = newer;
  }

  /** Happens between every hold and its flip. */
  public void beforeFlip(Runnable happens) {
    beforeFlip = happens;
  }

  public List<Flip> flips() {
    return List.copyOf(flips);
  }

  /** Another program listens there. */
  public void take(String listen) {
    taken.add(listen);
  }

  /** Requests that stay open until they are cut. */
  public void keepOpen(InstanceKey key, long count) {
    underway.put(key, count);
  }

  public void failRequests(InstanceKey key, long count) {
    failures.merge(key, count, Long::sum);
  }

  /** So many more, of which some are errors and some never came, each in less than the time. */
  public void answer(InstanceKey key, long count, long errors, long timeouts, Duration below) {
    Traffic before = answers.getOrDefault(key, new Traffic(0, 0, 0));
    SortedMap<Duration, Long> times = new TreeMap<>(before.times().counts());
    times.merge(below, count, Long::sum);
    answers.put(
        key,
        new Traffic(
            0,
            before.answered() + count,
            0,
            before.errors() + errors,
            before.timeouts() + timeouts,
            new AnswerTimes(times)));
    failRequests(key, timeouts);
  }

  /** Every hold is lost, the table is not. */
  public void restart() {
    boots++;
    holds.clear();
    underway.clear();
    failures.clear();
    answers.clear();
    copies.clear();
  }

  /** The table is lost too. */
  public void loseTable() {
    restart();
    apps.clear();
  }

  /** Whether requests of the app are parked now. */
  public boolean isHeld(AppName app) {
    return holds.containsKey(app);
  }

  public Optional<AppRoutes> of(AppName app) {
    return Optional.ofNullable(apps.get(app));
  }

  public SortedSet<InstanceKey> serving(AppName app) {
    return of(app).map(AppRoutes::serving).orElseGet(TreeSet::new);
  }

  @Override
  public RouteTable table() throws RouteException {
    return calls.call(
        "router.table", FakeRouter::failure, () -> new RouteTable("boot-" + boots, apps));
  }

  @Override
  public void define(
      AppName app,
      SortedMap<String, String> routes,
      Map<InstanceKey, SortedMap<String, String>> targets)
      throws RouteException {
    calls.call(
        "router.define",
        FakeRouter::failure,
        () -> {
          SortedSet<InstanceKey> serving = serving(app);
          if (!targets.keySet().containsAll(serving)) {
            throw new RouteException(Kind.REFUSED, "a serving instance is no target");
          }
          for (String listen : routes.keySet()) {
            if (taken.contains(listen) || isOthers(app, listen)) {
              throw new RouteException(Kind.ADDRESS_IN_USE, listen + " is taken");
            }
          }
          apps.put(app, new AppRoutes(generation(app), routes, targets, serving));
          return null;
        });
  }

  private boolean isOthers(AppName app, String listen) {
    return apps.entrySet().stream()
        .anyMatch(e -> !e.getKey().equals(app) && e.getValue().routes().containsKey(listen));
  }

  private long generation(AppName app) {
    return of(app).map(AppRoutes::generation).orElse(0L) + 1;
  }

  @Override
  public Hold hold(AppName app, Duration limit) throws RouteException {
    return calls.call(
        "router.hold",
        FakeRouter::failure,
        () -> {
          if (!apps.containsKey(app)) {
            throw new RouteException(Kind.REFUSED, "no such app: " + app);
          }
          FakeHold hold = new FakeHold(app, limit, ticker.steady());
          holds.put(app, hold);
          return hold;
        });
  }

  @Override
  public int drain(AppName app, SortedSet<InstanceKey> instances, Duration deadline)
      throws RouteException {
    return calls.call(
        "router.drain",
        FakeRouter::failure,
        () -> {
          int cut = 0;
          for (InstanceKey key : instances) {
            Long open = underway.remove(key);
            cut += open == null ? 0 : open.intValue();
          }
          return cut;
        });
  }

  @Override
  public Map<InstanceKey, Traffic> traffic(AppName app) throws RouteException {
    return calls.call(
        "router.traffic",
        FakeRouter::failure,
        () -> {
          Map<InstanceKey, Traffic> traffic = new TreeMap<>();
          of(app).map(AppRoutes::targets).orElse(Map.of()).keySet().stream()
              .forEach(key -> traffic.put(key, trafficOf(key)));
          return traffic;
        });
  }

  private Traffic trafficOf(InstanceKey key) {
    Traffic answered = answers.getOrDefault(key, new Traffic(0, 0, 0));
    return new Traffic(
        underway.getOrDefault(key, 0L),
        answered.answered(),
        failures.getOrDefault(key, 0L),
        answered.errors(),
        answered.timeouts(),
        answered.times());
  }

  @Override
  public void copy(
      AppName app,
      InstanceKey from,
      InstanceKey to,
      StatePolicy.Modbus what,
      List<RegisterRange> skip,
      String route)
      throws RouteException {
    calls.call(
        "router.copy " + from.place() + " " + to.place(),
        FakeRouter::failure,
        () -> {
          if (!serving(app).equals(new TreeSet<>(Set.of(from)))) {
            throw new RouteException(Kind.REFUSED, from + " does not serve");
          }
          copies.start(app, from, to, serving(app));
          return null;
        });
  }

  @Override
  public Optional<StateCopy> copyOf(AppName app) throws RouteException {
    return calls.call("router.copyOf", FakeRouter::failure, () -> copies.look(app, serving(app)));
  }

  @Override
  public void forgetCopy(AppName app) throws RouteException {
    calls.call(
        "router.forgetCopy",
        FakeRouter::failure,
        () -> {
          copies.forget(app);
          return null;
        });
  }

  @Override
  public void remove(AppName app) throws RouteException {
    calls.call(
        "router.remove",
        FakeRouter::failure,
        () -> {
          apps.remove(app);
          return null;
        });
  }

  /** A hold of the fake: lost when it is too late, when another was taken, or with the router. */
  private final class FakeHold implements Hold {
    private final AppName app;
    private final Duration limit;
    private final Instant since;
    private final int boot = boots;
    private final long generation;
    private boolean isReleased;

    FakeHold(AppName app, Duration limit, Instant since) {
      this.app = app;
      this.limit = limit;
      this.since = since;
      this.generation = generation(app);
    }

    @Override
    public void flip(SortedSet<InstanceKey> serving) throws RouteException {
      calls.call(
          "router.flip",
          FakeRouter::failure,
          () -> {
            beforeFlip.run();
            if (isLost()) {
              throw new RouteException(Kind.HOLD_LOST, "the hold of " + app + " is lost");
            }
            AppRoutes routes = apps.get(app);
            if (!routes.targets().keySet().containsAll(serving)) {
              throw new RouteException(Kind.REFUSED, serving + " are not all known");
            }
            Flip flip = new Flip(app, routes.serving(), serving);
            copies.flipped(app, this, serving);
            apps.put(
                app, new AppRoutes(generation(app), routes.routes(), routes.targets(), serving));
            flips.add(flip);
            watcher.flipped(flip);
            return null;
          });
    }

    private boolean isLost() {
      return isReleased
          || boot != boots
          || holds.get(app) != this
          || generation != generation(app)
          || ticker.steady().isAfter(since.plus(limit));
    }

    @Override
    public void sync() throws RouteException {
      calls.call(
          "router.sync",
          FakeRouter::failure,
          () -> {
            if (isLost()) {
              throw new RouteException(Kind.HOLD_LOST, "the hold of " + app + " is lost");
            }
            copies.sync(app, this);
            return null;
          });
    }

    @Override
    public Duration release() throws RouteException {
      return calls.call(
          "router.release",
          FakeRouter::failure,
          () -> {
            isReleased = true;
            holds.remove(app, this);
            return Duration.between(since, ticker.steady());
          });
    }

    @Override
    public void close() {
      isReleased = true;
      holds.remove(app, this);
    }
  }

  private static RouteException failure(Calls.Failure failure) {
    return new RouteException(
        failure.isPermanent() ? Kind.REFUSED : Kind.UNREACHABLE, failure.message());
  }
}
