package dev.bumpless.router.modbus.state;

import dev.bumpless.router.modbus.state.Progress.Phase;
import dev.bumpless.router.table.Backend;
import dev.bumpless.router.table.Instance;
import dev.bumpless.router.table.RouteTable;
import dev.bumpless.router.table.TableException;
import dev.bumpless.router.table.TableException.Code;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the other instance of an app in step with the one that serves.
 *
 * <h2>Why no acknowledged write is lost</h2>
 *
 * <ol>
 *   <li>A write is marked when its answer passes, before its master has it ({@link
 *       dev.bumpless.router.modbus.WriteWatch}). Marks are taken <b>before</b> the values are read
 *       of the source. So a value that was read too early is marked again afterwards.
 *   <li>What is carried are values, not requests: whatever order two masters' writes were carried
 *       out in, the value that resulted is read of the instance that serves. Saying it again
 *       changes nothing.
 *   <li>{@link #sync} runs inside a hold: nothing new is sent, what was under way has ended and is
 *       marked. What is then marked, what the app changes by itself, and what requests without an
 *       answer may have changed is brought over and read back. After that both are alike, so the
 *       marks of the other instance begin empty.
 *   <li>Until that hold is over nothing is copied, and no flip passes while a step is under way
 *       ({@link #beforeFlip}): a step that straddled it would write old values over new ones.
 *   <li>A flip by the token of that hold turns the copy around: the instance that served before is
 *       kept in step, which is the way back. Any other flip ends the copy.
 *   <li>An instance that ends its connection may have died and begun anew. Where it is the one to
 *       be kept in step, all is copied again, and nothing is whole until then. Where it serves and
 *       the other is the way back, the copy ends: what the other has is all that is left.
 * </ol>
 *
 * <h2>What {@code dirty} promises</h2>
 *
 * No fewer values than those of acknowledged writes that are not known to be in the other instance,
 * also when the copy has failed. A mark is booked as work to do before it is taken, and work that
 * was begun and failed is work to do.
 *
 * <h2>Concurrency</h2>
 *
 * One thread of its own works in steps of one chunk, {@link #sync} between two of them: {@code
 * work} is held for a step or a sync, and guards all fields that are not volatile. Event loops only
 * mark.
 *
 * <h2>Limits</h2>
 *
 * One request at a time to each instance, {@link #ANSWER} for each, {@value Copier#MOST_REFUSED}
 * refused reads. The marks are bits, so nothing can run over.
 */
final class StateCopy implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(StateCopy.class.getName());

  /** The longest that an instance may take for one answer; in a hold, what that has left. */
  static final Duration ANSWER = Duration.ofSeconds(1);

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** Between two looks for what changes without a client's writing it. */
  private static final long PATROL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final String id;
  private final String app;
  private final CopyPlan plan;
  private final RouteTable table;
  private final Copier copier;
  private final Witness witness;
  private final ReentrantLock work = new ReentrantLock(true);
  private final Thread thread;
  private volatile Progress progress;
  private Cells todo = new Cells();
  private long patrolNanos = System.nanoTime();
  private volatile @Nullable String synced;
  private @Nullable String seenFlip;

  /**
   * @param back whether the other one served before
   */
  StateCopy(String id, String app, CopyPlan plan, RouteTable table, Pair pair, boolean back)
      throws TableException {
    this.id = id;
    this.app = app;
    this.plan = plan;
    this.table = table;
    this.copier = new Copier(plan, pair);
    this.witness = new Witness(pair, copier.wanted(), back);
    if (back) {
      pair.sourceMustStay();
    }
    this.seenFlip = table.lastFlip(app);
    this.todo.addAll(copier.wanted());
    this.progress = Progress.begun(todo.count());
    this.thread = new Thread(this::run, "state-" + app);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  String id() {
    return id;
  }

  boolean isAlive() {
    return !progress.isOver() && witness.doom() == null;
  }

  boolean isFor(CopyPlan otherPlan, Instance from, Instance to) {
    return plan.isLike(otherPlan)
        && witness.source().instance().equals(from)
        && witness.target().instance().equals(to);
  }

  /** Whether it served, as far as this copy knows. */
  boolean sawServing(Instance instance) {
    return witness.source().instance().equals(instance)
        || (witness.isBack() && witness.target().instance().equals(instance));
  }

  Witness witness() {
    return witness;
  }

  // The live copy.

  private void run() {
    try {
      while (!progress.isOver()) {
        if (!liveStep()) {
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      }
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "event=state-copy-broke app=" + app, e);
      fail("a fault of the router: " + e);
    } finally {
      closeLines();
    }
  }

  private void closeLines() {
    work.lock();
    try {
      copier.pair().close();
    } finally {
      work.unlock();
    }
  }

  /** Returns whether there is more to do at once. */
  private boolean liveStep() {
    work.lock();
    try {
      if (progress.isOver() || isQuiet()) {
        return false;
      }
      look();
      Changes here = witness.of(witness.source());
      if (todo.isEmpty()) {
        nextRound(here);
      }
      Chunk next = todo.nextChunk(copier.wanted(), null);
      if (next != null) {
        int written = copier.bring(next, ANSWER).written();
        todo.remove(next);
        progress = progress.brought(written, todo.count());
      }
      if (copier.takeRenewed() != null) {
        beginAnew();
        return true;
      }
      if (isIn(Phase.VERIFYING) || (isIn(Phase.WHOLE) && isPatrolDue())) {
        return patrol(here);
      }
      return next != null;
    } catch (Fault e) {
      fail(e.why());
      return false;
    } finally {
      work.unlock();
    }
  }

  /** What was made alike stays as it is while the hold is on: who serves next is not known. */
  private boolean isQuiet() throws Fault {
    try {
      return synced != null && table.isHeldBy(app, synced);
    } catch (TableException e) {
      throw new Fault(String.valueOf(e.getMessage()));
    }
  }

  /**
   * No step that reads of one instance and writes the other may be under way when the other begins
   * to serve: it would undo what clients write there. A flip without a sync ends the copy.
   */
  void beforeFlip(String token) throws TableException {
    if (token.equals(synced) || !table.isHeldBy(app, token)) {
      return;
    }
    HeldSync held = new HeldSync(table, app, token);
    if (!held.lock(work)) {
      throw held.failed("a step of the live copy did not end");
    }
    try {
      if (isAlive()) {
        fail("the app was flipped without a sync in that hold");
      }
    } finally {
      work.unlock();
    }
  }

  private boolean isIn(Phase phase) {
    return progress.phase() == phase;
  }

  private boolean isPatrolDue() {
    return copier.isPatrolling() || System.nanoTime() - patrolNanos >= PATROL_NANOS;
  }

  private boolean patrol(Changes here) throws Fault {
    if (copier.patrol(here, ANSWER)) {
      return isIn(Phase.VERIFYING);
    }
    patrolNanos = System.nanoTime();
    progress = progress.in(Phase.WHOLE);
    return false;
  }

  private void nextRound(Changes here) {
    if (isIn(Phase.COPYING)) {
      progress = progress.in(Phase.VERIFYING).having(copier.wanted().count(), copier.holes());
    }
    take(here);
    if (!todo.isEmpty()) {
      progress = progress.inRound(progress.round() + 1);
    }
  }

  /** Who reads {@code dirty} meanwhile may find a value twice, but never none. */
  private void take(Changes here) {
    progress = progress.brought(0, todo.count() + here.count());
    todo.addAll(here.take());
    todo.retainAll(copier.wanted());
    progress = progress.brought(0, todo.count());
  }

  /** What an instance had may be gone, for it may have died and started again. */
  private void beginAnew() {
    todo.addAll(copier.wanted());
    progress = progress.in(Phase.COPYING).brought(0, todo.count());
  }

  // Who serves.

  /** After each flip: from its answer on the copy goes the other way. */
  void afterFlip() {
    work.lock();
    try {
      if (!progress.isOver()) {
        look();
      }
    } catch (Fault e) {
      fail(e.why());
    } finally {
      work.unlock();
    }
  }

  /** Turns around after a flip of the hold that was synced; ends at any other. */
  private void look() throws Fault {
    RouteTable.AppView view;
    String flip;
    try {
      view = table.app(app);
      flip = table.lastFlip(app);
    } catch (TableException e) {
      throw new Fault(String.valueOf(e.getMessage()));
    }
    if (!view.backends().containsAll(Set.of(witness.source(), witness.target()))) {
      throw new Fault("an instance of it was removed or defined anew");
    }
    Set<Instance> serving = view.app().serving();
    boolean isSynced = flip != null && flip.equals(synced);
    if (flip != null && !flip.equals(seenFlip) && !isSynced) {
      throw new Fault("the app was flipped to " + serving + " without a sync in that hold");
    }
    seenFlip = flip;
    Pair pair = copier.pair();
    if (isSynced && serving.equals(Set.of(pair.target().instance()))) {
      copier.turnAround();
      witness.turnAround();
    } else if (!serving.equals(Set.of(pair.source().instance()))) {
      throw new Fault("the app is served by " + serving + ", not by " + pair.source().instance());
    }
    witness.refuseDoomed();
  }

  // The last of it, inside a hold.

  /** What a sync did, for who asked. */
  record Synced(int values, int written, Duration waited, Duration took, String digest) {}

  /**
   * Makes both alike while nothing is sent. Said again it does it again, which is little work.
   *
   * @param token of the hold that is on
   */
  Synced sync(String token) throws TableException {
    long start = System.nanoTime();
    HeldSync held = new HeldSync(table, app, token);
    if (!held.lock(work)) {
      throw held.failed("a step of the live copy did not end");
    }
    try {
      look();
      if (!isIn(Phase.WHOLE)) {
        throw new TableException(Code.NO_COPY, "sync " + app + ": the copy is not whole: " + this);
      }
      held.awaitIdle(witness.source());
      witness.refuseDoomed();
      long idle = System.nanoTime();
      Changes here = witness.of(witness.source());
      take(here);
      todo.addAll(here.uncertain());
      todo.addAll(copier.changing());
      todo.retainAll(copier.wanted());
      held.bring(todo, copier);
      Backend renewed = copier.takeRenewed();
      if (renewed != null) {
        beginAnew();
        throw held.failed(
            renewed.instance()
                + " failed: it ended its connection, and may have lost what it had; all is copied"
                + " again");
      }
      held.checkOn();
      todo = new Cells();
      witness.of(witness.target()).clear();
      synced = token;
      progress = progress.brought(held.written(), 0);
      return new Synced(
          held.values(),
          held.written(),
          Duration.ofNanos(idle - start),
          Duration.ofNanos(System.nanoTime() - start),
          held.digest());
    } catch (Fault e) {
      fail(e.why());
      throw held.failed(progress.reason());
    } finally {
      work.unlock();
    }
  }

  private void fail(String why) {
    progress = progress.brought(0, todo.count()).failed(why.replaceAll("[\"\\s]+", " "));
    LOG.log(
        Level.WARNING,
        "event=state-copy-failed app={0} copy={1} from={2} to={3} reason=\"{4}\"",
        app,
        id,
        witness.source().instance(),
        witness.target().instance(),
        progress.reason());
  }

  /** {@code key=value} pairs for a person and for the agent. */
  @Override
  public String toString() {
    int marked = witness.dirty();
    Progress now = progress;
    String doom = witness.doom();
    boolean whole = now.phase() == Phase.WHOLE && doom == null;
    String reason = now.reason().isEmpty() && doom != null ? doom : now.reason();
    if (reason.isEmpty() && witness.isBack() && !whole) {
      reason = "not all is copied yet";
    }
    return "copy=%s from=%s to=%s phase=%s round=%d values=%d copied=%d dirty=%d holes=%s"
            .formatted(
                id,
                witness.source().instance(),
                witness.target().instance(),
                now.phase(),
                now.round(),
                now.values(),
                now.copied(),
                now.left() + marked,
                now.holes())
        + " wayBack=%s reason=\"%s\""
            .formatted(!witness.isBack() ? "none" : whole ? "open" : "closed", reason);
  }

  /** Returns when nothing of it is under way. */
  @Override
  public void close() {
    work.lock();
    try {
      if (!progress.isOver()) {
        progress = progress.in(Phase.ENDED);
      }
    } finally {
      work.unlock();
    }
    LockSupport.unpark(thread);
  }
}
