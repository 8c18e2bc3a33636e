package dev.bumpless.router.table;

import dev.bumpless.router.table.TableException.Code;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One app of the table: its gate, and the order in which disk and gate change. The monitor makes
 * one change at a time; it is held over disk writes, so no event loop may want it.
 */
final class AppRoutes {
  private static final System.Logger LOG = System.getLogger(AppRoutes.class.getName());

  private final TableStore store;
  private final Gate gate;
  private volatile @Nullable String lastFlip;

  AppRoutes(AppRecord record, TableStore store) {
    this.store = store;
    this.gate = new Gate(new Feed(record, null));
  }

  Gate gate() {
    return gate;
  }

  AppRecord record() {
    return gate.view().feed().app();
  }

  /** Keeps and feeds a record that leaves alone who serves. */
  synchronized void redefine(AppRecord next) throws TableException {
    Feed before = gate.view().feed();
    try {
      store.prepare(next);
      store.commit(next);
    } catch (IOException e) {
      throw failed("define", next, e);
    }
    gate.assign(new Feed(next, before));
  }

  Hold hold(String token, Object owner, Duration limit) throws TableException {
    Hold hold = gate.hold(token, owner, limit);
    if (hold == null) {
      throw new TableException(
          Code.HELD, "hold " + record().app() + ": a hold is on already; one an app at a time");
    }
    return hold;
  }

  /**
   * The fenced flip. Everything slow and everything that can fail comes before the gate is asked
   * whether the hold still stands; what follows is a rename.
   *
   * @return the generation that now serves
   */
  synchronized long flip(SortedSet<Instance> serving, String token) throws TableException {
    Gate.View view = gate.view();
    AppRecord now = view.feed().app();
    if (now.serving().equals(serving) && view.wasFlippedBy(token)) {
      return now.generation();
    }
    if (!view.isHeldBy(token)) {
      throw lost(now, token);
    }
    AppRecord next = now.flipped(serving);
    try {
      store.prepare(next);
    } catch (IOException e) {
      throw failed("flip", next, e);
    }
    if (!gate.startCommit(token)) {
      abandon(next);
      throw lost(now, token);
    }
    Feed served = null;
    try {
      store.commit(next);
      served = new Feed(next, view.feed());
      lastFlip = token;
    } catch (IOException e) {
      restore(now);
      throw failed("flip", next, e);
    } finally {
      gate.finishCommit(served);
    }
    return next.generation();
  }

  /** The token of the flip that was applied last since this start. */
  @Nullable String lastFlip() {
    return lastFlip;
  }

  /** What is left of the hold that is on by this token. */
  Duration holdLeft(String token) throws TableException {
    Hold hold = gate.view().hold();
    if (hold == null || !hold.token().equals(token) || hold.isOver(System.nanoTime())) {
      throw lost(record(), token);
    }
    return hold.left(System.nanoTime());
  }

  /** Lets go; said again of the hold that ended last it answers the same. */
  synchronized Ended release(String token) throws TableException {
    Hold hold = gate.view().hold();
    if (hold != null && hold.token().equals(token)) {
      gate.end(hold, Ended.Cause.RELEASED);
    }
    Ended ended = gate.view().ended();
    if (ended == null
        || !ended.token().equals(token)
        || !(ended.flipped() || ended.cause() == Ended.Cause.RELEASED)) {
      throw lost(record(), token);
    }
    return ended;
  }

  /** Ends what {@code hold} still holds, for another reason than its release. */
  void end(@Nullable Hold hold, Ended.Cause cause, Consumer<Ended> ifEnded) {
    if (hold != null) {
      gate.end(hold, cause);
      Ended ended = gate.view().ended();
      if (ended != null && ended.token().equals(hold.token()) && ended.cause() == cause) {
        ifEnded.accept(ended);
      }
    }
  }

  /** Feeds nobody any more and forgets the record. */
  synchronized void remove() throws TableException {
    Feed before = gate.view().feed();
    AppRecord app = before.app();
    try {
      store.remove(app.app());
    } catch (IOException e) {
      throw failed("remove", app, e);
    }
    gate.remove(new Feed(app.flipped(new TreeSet<>()), before));
    end(gate.view().hold(), Ended.Cause.REMOVED, ended -> {});
  }

  private void abandon(AppRecord next) {
    try {
      store.abandon(next);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "event=file-left app={0} reason=\"{1}\"", next.app(), e.getMessage());
    }
  }

  /**
   * After a commit that may have got half way: the gate feeds by this record, so the disk has to.
   */
  private void restore(AppRecord now) {
    try {
      store.prepare(now);
      store.commit(now);
    } catch (IOException e) {
      LOG.log(
          Level.ERROR,
          "event=disk-differs app={0} generation-served={1} reason=\"{2}\"",
          now.app(),
          now.generation(),
          e.getMessage());
    }
  }

  private static TableException failed(String what, AppRecord app, IOException e) {
    return new TableException(
        Code.STORE_FAILED,
        what
            + " "
            + app.app()
            + ": the route table could not be written ("
            + e
            + "); who serves"
            + " has not changed",
        e);
  }

  private static TableException lost(AppRecord app, String token) {
    return new TableException(
        Code.HOLD_LOST,
        "flip, release or sync "
            + app.app()
            + ": the hold of token "
            + token
            + " has expired, was released, its connection is gone, or the app was defined anew"
            + " meanwhile; generation "
            + app.generation()
            + " serves");
  }
}
