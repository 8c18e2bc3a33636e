package dev.bumpless.agent.swap;

import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.protocol.AppReport;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Brings every app of the device to what its newest order says, and keeps it there: desired +
 * observed + now → plan → step → observe again.
 *
 * <h2>Concurrency</h2>
 *
 * One loop thread decides whose turn it is. A {@link Turn} runs on a worker thread, at most one at
 * a time for an app, so that an engine call that hangs for one app holds up no other. {@link
 * #accept}, {@link #changed} and the end of a turn only mark an app as due, under one lock that is
 * never held during a call to a seam. All public methods are safe for any thread.
 *
 * <h2>Crash safety</h2>
 *
 * Nothing that matters lives in here: see {@link SwapPlanner}. The orders are the caller's to
 * persist and to give to {@link #accept} again after each start, before {@link #start}.
 *
 * <h2>Limits</h2>
 *
 * At most {@value #MOST_APPS} apps. A mark is a flag, not a queue. A step that hangs is interrupted
 * at its limit, and again each time that passes. An idle app takes a turn every 30 s.
 */
public final class Reconciler implements AutoCloseable {
  static final int MOST_APPS = 64;

  private static final Logger LOG = System.getLogger(Reconciler.class.getName());
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);
  private static final Duration LONGEST_SLEEP = Duration.ofSeconds(60);

  private final Seams seams;
  private final ExecutorService workers;
  private final Reports reports;
  private final Meters meters;
  private final Turn turn;
  private final Object lock = new Object();
  private final Map<AppName, Lane> lanes = new HashMap<>();
  private final Map<AppName, JournalEntry> loaded = new HashMap<>();
  private boolean isClosed;
  private @Nullable Thread loop;
  private @Nullable AutoCloseable watch;

  /** Reads the journal; nothing runs before {@link #start}. */
  public Reconciler(Seams seams) throws IOException {
    this(seams, pool());
  }

  /**
   * As {@link #Reconciler(Seams)}, with workers that are the caller's.
   *
   * @param workers where turns run, which block as the seams do; ended by {@link #close}. A direct
   *     one makes {@link #runDue} do all the work
   */
  public Reconciler(Seams seams, ExecutorService workers) throws IOException {
    this(seams, workers, new SwapPlanner(seams.listenAddress()));
  }

  Reconciler(Seams seams, ExecutorService workers, SwapPlanner planner) throws IOException {
    this.seams = seams;
    this.workers = workers;
    this.reports = new Reports(seams.reporter(), seams.ticker());
    this.meters = new Meters(seams.gaps());
    ImageShelf shelf = new ImageShelf(seams.images(), this::keptImages);
    this.turn = new Turn(seams, planner, meters, shelf, reports);
    for (JournalEntry entry : seams.journal().load()) {
      loaded.put(entry.app(), entry);
      if (entry.isCrossing()) {
        seams.leases().close(entry.app(), true);
      }
    }
  }

  private static ExecutorService pool() {
    AtomicInteger number = new AtomicInteger();
    return new ThreadPoolExecutor(
        0,
        MOST_APPS,
        30,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          Thread thread = new Thread(task, "app-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  /**
   * Takes the newest order of an app; one that is not newer than the one before is ignored. Returns
   * at once.
   *
   * @throws IllegalStateException where it would be one app too many
   */
  public void accept(Desired desired) {
    AppName app = desired.order().app();
    Instant now = seams.ticker().steady();
    synchronized (lock) {
      Lane lane = lanes.get(app);
      if (lane == null) {
        forgetDeleted();
        if (lanes.size() >= MOST_APPS) {
          throw new IllegalStateException(
              "%s would be app %d; a device runs at most %d: delete one first"
                  .formatted(app, lanes.size() + 1, MOST_APPS));
        }
        JournalEntry read = loaded.remove(app);
        JournalEntry entry = read == null ? JournalEntry.empty(app) : read;
        lanes.put(app, new Lane(desired, new Memory(entry, Notes.blank(now)), now));
      } else if (desired.order().sequence() > lane.desired.order().sequence()) {
        lane.desired = desired;
        lane.wake(now);
      }
      lock.notifyAll();
    }
  }

  /** Makes room where it is needed: what was deleted is not looked after, only remembered. */
  private void forgetDeleted() {
    if (lanes.size() >= MOST_APPS) {
      List<Lane> gone =
          lanes.values().stream().filter(lane -> !lane.isBusy && lane.isDeleted()).toList();
      gone.forEach(lane -> loaded.put(lane.memory.entry().app(), lane.memory.entry()));
      lanes.values().removeAll(gone);
    }
  }

  /** Something may have changed on the device: every app is looked at soon. Returns at once. */
  public void changed() {
    Instant now = seams.ticker().steady();
    synchronized (lock) {
      lanes.values().forEach(lane -> lane.wake(now));
      lock.notifyAll();
    }
  }

  /** What was reported last of each app. */
  public List<AppReport> reports() {
    return reports.newest();
  }

  /** Begins, and goes on until {@link #close}. Once. */
  public void start() {
    Thread thread = new Thread(this::loop, "reconciler");
    synchronized (lock) {
      if (loop != null || isClosed) {
        throw new IllegalStateException("started before");
      }
      loop = thread;
    }
    AutoCloseable watching = seams.engine().watch(this::changed);
    synchronized (lock) {
      watch = watching;
    }
    thread.start();
  }

  private void loop() {
    try {
      synchronized (lock) {
        while (!isClosed) {
          runDue();
          Duration sleep = untilNext();
          if (!sleep.isZero()) {
            lock.wait(Math.max(1, sleep.toMillis()));
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration untilNext() {
    Instant now = seams.ticker().steady();
    Duration sleep = nextDue().map(due -> Duration.between(now, due)).orElse(LONGEST_SLEEP);
    if (sleep.isNegative()) {
      return Duration.ZERO;
    }
    return sleep.compareTo(LONGEST_SLEEP) > 0 ? LONGEST_SLEEP : sleep;
  }

  /**
   * When the next turn is due; empty while all apps are busy or there are none. For who drives it
   * by {@link #runDue} in place of {@link #start}.
   */
  public Optional<Instant> nextDue() {
    synchronized (lock) {
      return lanes.values().stream()
          .filter(lane -> !lane.isBusy)
          .map(lane -> lane.due)
          .min(Instant::compareTo);
    }
  }

  /** Begins the turns that are due. Returns whether there was one. */
  public boolean runDue() {
    Instant now = seams.ticker().steady();
    boolean any = false;
    synchronized (lock) {
      for (Lane lane : List.copyOf(lanes.values())) {
        if (lane.isDue(now)) {
          any = true;
          lane.begin(now);
          lane.turn = workers.submit(() -> run(lane));
        } else if (lane.isOverdue(now)) {
          interrupt(lane, now);
        }
      }
    }
    return any;
  }

  private void interrupt(Lane lane, Instant now) {
    OrderRef order = OrderRef.of(lane.desired.order());
    Step step = lane.doing;
    String what = step == null ? "looking at the device" : step.getClass().getSimpleName();
    String message =
        "%s has taken %s without an answer of engine or router: interrupting it"
            .formatted(what, ForwardPlan.seconds(Duration.between(lane.busySince, now)));
    LOG.log(Level.WARNING, "{0}: {1}", lane.memory.entry().app(), message);
    reports.tellBlind(order, lane.memory, message);
    lane.busySince = now;
    if (lane.turn != null) {
      lane.turn.cancel(true);
    }
  }

  private void run(Lane lane) {
    Desired desired = lane.desired;
    boolean ended = false;
    try {
      Turn.Result result =
          turn.take(
              desired,
              lane.memory,
              lane.before,
              () -> lane.desired.order().sequence() > desired.order().sequence(),
              step -> lane.doing = step);
      ended = true;
      end(() -> lane.end(result, seams.ticker().steady()));
    } catch (EngineException | RouteException e) {
      ended = true;
      reports.tellBlind(OrderRef.of(desired.order()), lane.memory, backingOff(lane, e));
      end(() -> lane.endBlind(seams.ticker().steady()));
    } catch (RuntimeException e) {
      ended = true;
      LOG.log(Level.ERROR, "a turn of " + lane.memory.entry().app() + " failed", e);
      reports.tellBlind(
          OrderRef.of(desired.order()), lane.memory, "the agent has a fault, see its log: " + e);
      end(() -> lane.endBlind(seams.ticker().steady()));
    } finally {
      if (!ended) {
        end(() -> lane.endBlind(seams.ticker().steady()));
      }
    }
  }

  private String backingOff(Lane lane, Exception e) {
    Instant again = seams.ticker().wall().plus(lane.blindWait()).truncatedTo(ChronoUnit.SECONDS);
    return "%s; backing off, next look at %s".formatted(e.getMessage(), again);
  }

  private void end(Runnable change) {
    synchronized (lock) {
      change.run();
      lock.notifyAll();
    }
  }

  /** The images of every release that is ordered, serves, served before it, or is on its way. */
  private Set<ImageRef> keptImages() {
    Set<ImageRef> kept = new HashSet<>();
    synchronized (lock) {
      loaded.values().forEach(entry -> kept.addAll(entry.images()));
      for (Lane lane : lanes.values()) {
        kept.addAll(lane.memory.entry().images());
        lane.desired.release().ifPresent(r -> kept.addAll(ImageShelf.images(r.app())));
      }
    }
    return kept;
  }

  /** Lets the turns that run end, for a moment, then interrupts them. Idempotent. */
  @Override
  public void close() {
    Thread thread;
    AutoCloseable watching;
    synchronized (lock) {
      isClosed = true;
      thread = loop;
      watching = watch;
      watch = null;
      lock.notifyAll();
    }
    workers.shutdown();
    try {
      if (watching != null) {
        watching.close();
      }
      if (!workers.awaitTermination(CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        workers.shutdownNow();
      }
      if (thread != null) {
        thread.join(CLOSE_WITHIN.toMillis());
      }
    } catch (InterruptedException e) {
      workers.shutdownNow();
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.log(Level.WARNING, "closing the watch of the engine failed", e);
    }
    meters.close();
  }
}
