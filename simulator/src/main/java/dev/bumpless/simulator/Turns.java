package dev.bumpless.simulator;

import dev.bumpless.agent.swap.Reconciler;
import dev.bumpless.agent.swap.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Gives a device's reconciler its turns, on threads that all devices share. */
final class Turns implements AutoCloseable {
  private final Reconciler reconciler;
  private final ScheduledExecutorService threads;
  private final Ticker ticker;
  private final AtomicLong newest = new AtomicLong();
  private volatile boolean isClosed;

  Turns(Reconciler reconciler, ScheduledExecutorService threads, Ticker ticker) {
    this.reconciler = reconciler;
    this.threads = threads;
    this.ticker = ticker;
  }

  /** Something new is to be done. Returns at once. */
  void wake() {
    long mine = newest.incrementAndGet();
    schedule(Duration.ZERO, () -> turn(mine));
  }

  /** Goes on until somebody wakes the device, whose turns follow then from there. */
  private void turn(long mine) {
    while (!isClosed && reconciler.runDue()) {
      // the next one may be due at once
    }
    if (mine == newest.get()) {
      Instant now = ticker.steady();
      reconciler.nextDue().ifPresent(due -> schedule(Duration.between(now, due), () -> turn(mine)));
    }
  }

  private void schedule(Duration delay, Runnable task) {
    if (isClosed) {
      return;
    }
    try {
      var unused = threads.schedule(task, Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      isClosed = true;
    }
  }

  @Override
  public void close() {
    isClosed = true;
  }
}
