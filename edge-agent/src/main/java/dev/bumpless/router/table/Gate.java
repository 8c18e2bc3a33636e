package dev.bumpless.router.table;

import dev.bumpless.router.table.Waiter.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Where every request of an app passes, and where a swap happens: <b>claim under the read lock,
 * flip under the write lock, drain after it</b>.
 *
 * <h2>Why no request is lost or lands in a half-made state</h2>
 *
 * <ol>
 *   <li>A claim reads the feed, chooses a backend of it and counts itself in at that backend, all
 *       under the read lock. A flip assigns the feed under the write lock. So when a flip has
 *       returned, every request that will ever go to an old backend is already counted there, and
 *       whoever waits for that count to reach zero misses none: draining needs no grace time.
 *   <li>While a hold is on, a claim parks under the read lock. Ending the hold takes the write
 *       lock, claims for all that is parked from the feed of that instant, and lets later claims
 *       pass. So each parked request goes exactly once, never before the hold ends, and to the set
 *       that the table names: the new one if the flip was applied, the old one if not, never a
 *       mixture.
 *   <li>A hold ends at the first of: release, its limit, the end of the connection that took it. A
 *       flip may be on its way to the disk at that moment. {@link #startCommit} is its point of no
 *       return: before it the flip gives way (the hold is over, the disk still names the old set);
 *       after it the end of the hold waits until {@link #finishCommit} (the disk names the new set
 *       and so does the feed). Between the two lie a rename and the sync of a folder, no more: the
 *       file itself was made durable before.
 * </ol>
 *
 * <h2>Concurrency</h2>
 *
 * Nothing is done under either lock but reading and assigning fields; no disk, no socket, no
 * callback. Event loops may therefore call {@link #claim}. Waiters are told outside the lock.
 * {@link #startCommit}, {@link #finishCommit} and {@link #assign} are called with the app's monitor
 * held ({@link RouteTable}), so that one change is under way at a time; {@link #end} needs no
 * monitor.
 *
 * <h2>Limits</h2>
 *
 * {@link Hold#MOST_PARKED} requests and {@link Hold#MOST_PARKED_BYTES} bytes of them; what comes
 * beyond is refused at once.
 */
public final class Gate {
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final HoldStats stats = new HoldStats();
  private Feed feed;
  private @Nullable Hold hold;
  private @Nullable Ended ended;
  private volatile boolean removed;

  Gate(Feed feed) {
    this.feed = feed;
  }

  /** Finds the waiter a backend, now or when the hold that is on ends. */
  public void claim(Waiter waiter) {
    Backend chosen;
    Refusal why;
    lock.readLock().lock();
    try {
      Hold now = hold;
      if (now != null && now.park(waiter)) {
        return;
      }
      chosen = now == null ? choose(waiter) : null;
      why = now == null ? reason(waiter) : Refusal.TOO_MANY_PARKED;
    } finally {
      lock.readLock().unlock();
    }
    tell(waiter, chosen, why);
  }

  /** It waits no longer; was it told already, or never parked, nothing happens. */
  public void leave(Waiter waiter) {
    lock.readLock().lock();
    try {
      Hold now = hold;
      if (now != null) {
        now.unpark(waiter);
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  /** With either lock held. */
  private @Nullable Backend choose(Waiter waiter) {
    Backend backend = feed.pick(waiter);
    if (backend != null) {
      backend.claimed();
    }
    return backend;
  }

  private Refusal reason(Waiter waiter) {
    return feed.hasServing(waiter.route()) ? Refusal.ALL_TRIED : Refusal.NOBODY_SERVES;
  }

  private static void tell(Waiter waiter, @Nullable Backend chosen, Refusal why) {
    if (chosen != null) {
      waiter.claimed(chosen);
    } else {
      waiter.refused(why);
    }
  }

  /** Parks what comes from now on; null when another hold is on. */
  @Nullable Hold hold(String token, Object owner, Duration limit) {
    lock.writeLock().lock();
    try {
      if (hold != null) {
        return null;
      }
      hold = new Hold(token, owner, limit, feed.app().generation(), System.nanoTime());
      return hold;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /**
   * The flip's compare: whether the hold is the one of the token, in time, and the record as it
   * was.
   */
  boolean startCommit(String token) {
    lock.writeLock().lock();
    try {
      Hold now = hold;
      if (now == null
          || !now.token().equals(token)
          || now.generation() != feed.app().generation()
          || now.isOver(System.nanoTime())) {
        return false;
      }
      now.commit();
      return true;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** The flip's set, or null when the write failed and nothing was changed. */
  void finishCommit(@Nullable Feed next) {
    Hold now;
    lock.writeLock().lock();
    try {
      now = hold;
      if (now == null) {
        throw new IllegalStateException("no commit was started");
      }
      if (next != null) {
        feed = next;
        now.flippedTo(next.app().generation());
      }
      now.committed();
    } finally {
      lock.writeLock().unlock();
    }
    if (now.isOverrun()) {
      end(now, Ended.Cause.EXPIRED);
    }
  }

  /** A new record that leaves alone who serves. A hold that is on can no longer be flipped. */
  void assign(Feed next) {
    lock.writeLock().lock();
    try {
      feed = next;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Feeds nobody any more, for good: an app of the same name that is defined later has its own. */
  void remove(Feed nobody) {
    removed = true;
    assign(nobody);
  }

  /** Whether its app is gone. */
  public boolean isRemoved() {
    return removed;
  }

  /** Lets go what the hold has parked, once; a hold that is over already stays as it ended. */
  void end(Hold which, Ended.Cause cause) {
    List<Waiter> waiters = new ArrayList<>();
    List<@Nullable Backend> chosen = new ArrayList<>();
    List<Refusal> reasons = new ArrayList<>();
    lock.writeLock().lock();
    try {
      if (hold != which) {
        return;
      }
      if (which.isCommitting()) {
        which.overrun();
        return;
      }
      hold = null;
      ended = which.ended(cause, System.nanoTime());
      stats.add(ended);
      for (Waiter waiter : which.parked()) {
        waiters.add(waiter);
        chosen.add(choose(waiter));
        reasons.add(reason(waiter));
      }
    } finally {
      lock.writeLock().unlock();
    }
    for (int i = 0; i < waiters.size(); i++) {
      tell(waiters.get(i), chosen.get(i), reasons.get(i));
    }
  }

  /** How a route is carried now; null where it has been removed. */
  public @Nullable Protocol protocol(Endpoint route) {
    lock.readLock().lock();
    try {
      return feed.app().routes().get(route);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** What is and was, at one instant. */
  View view() {
    lock.readLock().lock();
    try {
      return new View(feed, hold, ended, stats.copy());
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * @param hold that is on, if any
   * @param ended the last one that is over, if any
   */
  record View(Feed feed, @Nullable Hold hold, @Nullable Ended ended, HoldStats stats) {
    boolean isHeldBy(String token) {
      return hold != null && hold.token().equals(token);
    }

    /** Whether the record that serves was flipped to by the hold of this token, still on or not. */
    boolean wasFlippedBy(String token) {
      long generation = feed.app().generation();
      return (isHeldBy(token) && hold != null && hold.hasFlippedTo(generation))
          || (ended != null
              && ended.token().equals(token)
              && ended.flipped()
              && ended.generation() == generation);
    }
  }
}
