package dev.bumpless.router.table;

import dev.bumpless.router.table.TableException.Code;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The one truth of who serves: for each app a record on disk, and a gate that feeds by it.
 *
 * <p>Concurrency: any thread may command, but none that carries requests. The table's monitor
 * orders what opens and closes listeners ({@link #define}, {@link #remove}); inside it, and for a
 * flip alone, the app's monitor orders the changes of its record. Holds need neither.
 *
 * <p>Crash safety: the disk is written before the gate follows, and a record is one file that a
 * rename replaces. Whatever the instant of a crash, the record on disk is the one that was fed or
 * the one about to be.
 */
public final class RouteTable implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RouteTable.class.getName());

  /** Most apps of a router. */
  public static final int MOST_APPS = 256;

  /** Longest hold that is granted. The agent asks for 250 ms unless the manifest says otherwise. */
  public static final Duration LONGEST_HOLD = Duration.ofMinutes(5);

  private final Map<String, AppRoutes> apps = new ConcurrentSkipListMap<>();
  private final TableStore store;
  private final Listening listening;
  private final String boot;
  private final AtomicLong tokens = new AtomicLong();
  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);

  /**
   * @param boot made anew at each start, so that no token of a former life fits
   */
  public RouteTable(Path folder, Listening listening, String boot) throws IOException {
    this.store = new TableStore(folder);
    this.listening = listening;
    this.boot = boot;
    timer.setRemoveOnCancelPolicy(true);
  }

  /** Reads what was kept and serves it. Once, before any other call. */
  public synchronized void start() throws IOException {
    for (AppRecord record : store.load()) {
      AppRoutes app = new AppRoutes(record, store);
      apps.put(record.app(), app);
      record
          .routes()
          .forEach((listen, protocol) -> listening.keepTrying(listen, protocol, app.gate()));
    }
  }

  /** Makes routes and targets exactly these; who serves is left alone. Returns the generation. */
  public synchronized long define(
      String name,
      SortedMap<Endpoint, Protocol> routes,
      SortedMap<Instance, SortedMap<Endpoint, Endpoint>> targets)
      throws TableException {
    AppRoutes known = apps.get(name);
    try {
      if (known == null) {
        check(
            apps.size() < MOST_APPS, name, MOST_APPS + " apps are defined, the most there may be");
        return add(AppRecord.first(name, routes, targets));
      }
      synchronized (known) {
        AppRecord now = known.record();
        AppRecord next = now.redefined(routes, targets);
        boolean same = now.routes().equals(next.routes()) && now.targets().equals(next.targets());
        return same ? now.generation() : change(known, now.routes(), next);
      }
    } catch (IllegalArgumentException e) {
      throw new TableException(Code.INVALID, "define " + name + ": " + e.getMessage(), e);
    }
  }

  private long add(AppRecord record) throws TableException {
    AppRoutes app = new AppRoutes(record, store);
    long generation = change(app, Map.of(), record);
    apps.put(record.app(), app);
    return generation;
  }

  /** New listeners are bound first, which can fail, and accept last, when the gate knows them. */
  private long change(AppRoutes app, Map<Endpoint, Protocol> before, AppRecord next)
      throws TableException {
    Set<Endpoint> bound = new TreeSet<>();
    try {
      for (Map.Entry<Endpoint, Protocol> route : next.routes().entrySet()) {
        Protocol known = before.get(route.getKey());
        if (known == null || known.kind() != route.getValue().kind()) {
          bind(route.getKey(), route.getValue(), app, before.containsKey(route.getKey()));
          bound.add(route.getKey());
        }
      }
      app.redefine(next);
    } catch (TableException e) {
      bound.forEach(listening::close);
      throw e;
    }
    bound.forEach(listening::accept);
    before.keySet().stream()
        .filter(listen -> !next.routes().containsKey(listen))
        .forEach(listening::close);
    return next.generation();
  }

  private void bind(Endpoint listen, Protocol protocol, AppRoutes app, boolean ours)
      throws TableException {
    String name = app.record().app();
    check(!ours, name, listen + " changes its protocol: remove that route first");
    for (AppRoutes other : apps.values()) {
      if (other != app && other.record().routes().containsKey(listen)) {
        throw new TableException(
            Code.ADDRESS_IN_USE,
            "define " + name + ": " + listen + " belongs to app " + other.record().app());
      }
    }
    try {
      listening.bind(listen, protocol, app.gate());
    } catch (IOException e) {
      throw new TableException(
          Code.ADDRESS_IN_USE,
          "define "
              + name
              + ": cannot listen on "
              + listen
              + " ("
              + e.getMessage()
              + "); free it"
              + " or choose another",
          e);
    }
  }

  /** Parks new requests of the app until released, expired, or the owner is gone. */
  public Granted hold(String name, Duration limit, Object owner) throws TableException {
    check(
        !limit.isNegative() && !limit.isZero() && limit.compareTo(LONGEST_HOLD) <= 0,
        name,
        "a hold of " + limit + ": expected 1ms to " + LONGEST_HOLD);
    AppRoutes app = known(name);
    Hold hold = app.hold(boot + "-" + tokens.incrementAndGet(), owner, limit);
    var unused =
        timer.schedule(
            () -> app.end(hold, Ended.Cause.EXPIRED, ended -> logLost(name, ended)),
            limit.toNanos(),
            TimeUnit.NANOSECONDS);
    return new Granted(hold.token(), hold.generation());
  }

  /** What a hold is flipped and released by. */
  public record Granted(String token, long generation) {}

  public long flip(String name, Set<Instance> serving, String token) throws TableException {
    try {
      return known(name).flip(new TreeSet<>(serving), token);
    } catch (IllegalArgumentException e) {
      throw new TableException(Code.INVALID, "flip " + name + ": " + e.getMessage(), e);
    }
  }

  public Ended release(String name, String token) throws TableException {
    return known(name).release(token);
  }

  /** Ends the holds of an owner that is gone. */
  public void ownerGone(Object owner) {
    apps.forEach(
        (name, app) -> {
          Hold hold = app.gate().view().hold();
          if (hold != null && hold.belongsTo(owner)) {
            app.end(hold, Ended.Cause.OWNER_GONE, ended -> logLost(name, ended));
          }
        });
  }

  private static void logLost(String name, Ended ended) {
    LOG.log(
        Level.WARNING,
        "event=hold-lost app={0} cause={1} held={2} parked={3} flipped={4}",
        name,
        ended.cause().text(),
        ended.held(),
        ended.parked(),
        ended.flipped());
  }

  /** Closes the app's listeners and forgets it. Missing is fine. */
  public synchronized void remove(String name) throws TableException {
    AppRoutes app = apps.get(name);
    if (app != null) {
      AppRecord record = app.record();
      app.remove();
      apps.remove(name);
      record.routes().keySet().forEach(listening::close);
    }
  }

  /** All instances of an app, or those of one slot, for who writes {@code green} for short. */
  public SortedSet<Instance> instances(String name, @Nullable String slot) throws TableException {
    SortedSet<Instance> instances = new TreeSet<>(known(name).record().targets().keySet());
    instances.removeIf(instance -> slot != null && !instance.slot().equals(slot));
    return instances;
  }

  /** For who drains. An instance that serves, or that is not known, is refused. */
  public List<Backend> retired(String name, Set<Instance> instances) throws TableException {
    Feed feed = known(name).gate().view().feed();
    for (Instance instance : instances) {
      if (feed.app().serving().contains(instance)) {
        throw new TableException(
            Code.SERVING, "drain " + name + ": " + instance + " serves; flip to another first");
      }
    }
    return feed.backends().stream()
        .filter(backend -> instances.contains(backend.instance()))
        .toList();
  }

  /** What is left of the hold that is on by this token. */
  public Duration holdLeft(String name, String token) throws TableException {
    return known(name).holdLeft(token);
  }

  /** Whether a hold is on by this token; one whose time is over is until it has ended. */
  public boolean isHeldBy(String name, String token) throws TableException {
    return known(name).gate().view().isHeldBy(token);
  }

  /** The token by which the app was flipped last, or null where it was not since this start. */
  public @Nullable String lastFlip(String name) throws TableException {
    return known(name).lastFlip();
  }

  /** All apps, by name. */
  public List<AppView> apps() {
    return apps.values().stream().map(RouteTable::view).toList();
  }

  public AppView app(String name) throws TableException {
    return view(known(name));
  }

  private static AppView view(AppRoutes app) {
    Gate.View view = app.gate().view();
    Hold hold = view.hold();
    return new AppView(
        view.feed().app(),
        List.copyOf(view.feed().backends()),
        hold == null ? "none" : String.valueOf(hold.parkedCount()),
        view.stats());
  }

  /**
   * An app at one instant, for who shows it.
   *
   * @param hold {@code none}, or how many are parked
   */
  public record AppView(AppRecord app, List<Backend> backends, String hold, HoldStats stats) {}

  public Map<Endpoint, String> listeners() {
    return listening.states();
  }

  private AppRoutes known(String name) throws TableException {
    AppRoutes app = apps.get(name);
    if (app == null) {
      throw new TableException(
          Code.UNKNOWN_APP, "no app '" + name + "' is defined; 'show routes' lists them");
    }
    return app;
  }

  private static void check(boolean holds, String name, String message) throws TableException {
    if (!holds) {
      throw new TableException(Code.INVALID, name + ": " + message);
    }
  }

  /** Expires no more holds; the gates and the records stay as they are. */
  @Override
  public void close() {
    timer.shutdownNow();
  }
}
