package dev.bumpless.router.table;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What one {@code hold} has parked, and what may end it. {@link #park} and {@link #unpark} are
 * called by many threads under the gate's read lock; the rest belongs to whoever has its write
 * lock.
 */
final class Hold {
  /** Most requests, and most bytes of them, that one app parks. */
  static final int MOST_PARKED = 1024;

  static final int MOST_PARKED_BYTES = 8 << 20;

  private final String token;
  private final Object owner;
  private final long startNanos;
  private final long limitNanos;
  private final Queue<Waiter> parked = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicInteger bytes = new AtomicInteger();

  /** The generation that a flip has to find; a flip that was applied moves it on. */
  private long generation;

  private boolean flipped;
  private boolean committing;
  private boolean overrun;

  Hold(String token, Object owner, Duration limit, long generation, long nowNanos) {
    this.token = token;
    this.owner = owner;
    this.limitNanos = limit.toNanos();
    this.generation = generation;
    this.startNanos = nowNanos;
  }

  /** Whether there was room. */
  boolean park(Waiter waiter) {
    int size = waiter.parkedBytes();
    int requests = count.incrementAndGet();
    boolean room = bytes.addAndGet(size) <= MOST_PARKED_BYTES && requests <= MOST_PARKED;
    if (room) {
      parked.add(waiter);
    } else {
      count.decrementAndGet();
      bytes.addAndGet(-size);
    }
    return room;
  }

  void unpark(Waiter waiter) {
    if (parked.remove(waiter)) {
      count.decrementAndGet();
      bytes.addAndGet(-waiter.parkedBytes());
    }
  }

  String token() {
    return token;
  }

  long generation() {
    return generation;
  }

  Queue<Waiter> parked() {
    return parked;
  }

  int parkedCount() {
    return count.get();
  }

  Ended ended(Ended.Cause cause, long nowNanos) {
    return new Ended(token, cause, age(nowNanos), count.get(), flipped, generation);
  }

  boolean belongsTo(Object somebody) {
    return owner.equals(somebody);
  }

  boolean isOver(long nowNanos) {
    return nowNanos - startNanos >= limitNanos;
  }

  Duration left(long nowNanos) {
    return Duration.ofNanos(Math.max(0, limitNanos - (nowNanos - startNanos)));
  }

  private Duration age(long nowNanos) {
    return Duration.ofNanos(nowNanos - startNanos);
  }

  boolean isCommitting() {
    return committing;
  }

  boolean isOverrun() {
    return overrun;
  }

  boolean hasFlippedTo(long otherGeneration) {
    return flipped && generation == otherGeneration;
  }

  void commit() {
    committing = true;
  }

  void overrun() {
    overrun = true;
  }

  void committed() {
    committing = false;
  }

  void flippedTo(long newGeneration) {
    flipped = true;
    generation = newGeneration;
  }
}
