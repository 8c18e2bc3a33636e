package dev.bumpless.router.modbus;

import dev.bumpless.router.table.Backend;
import io.netty.channel.EventLoop;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of a master that have no answer yet, and one timer for all their deadlines.
 * Belongs to the master's loop; only {@link #count} may be asked by others.
 */
final class Underway {
  private final EventLoop loop;
  private final Runnable afterwards;
  private final Set<Transaction> transactions = new LinkedHashSet<>();
  private @Nullable Future<?> timer;
  private long timerNanos;
  private boolean stopped;
  private volatile int count;

  /**
   * @param afterwards run when those that were due have been answered
   */
  Underway(EventLoop loop, Runnable afterwards) {
    this.loop = loop;
    this.afterwards = afterwards;
  }

  void add(Transaction transaction) {
    transactions.add(transaction);
    count = transactions.size();
    watch(transaction.deadlineNanos());
  }

  void remove(Transaction transaction) {
    transactions.remove(transaction);
    count = transactions.size();
  }

  /** How many; for other threads it may be a moment old. */
  int count() {
    return count;
  }

  boolean isEmpty() {
    return transactions.isEmpty();
  }

  /** Has what is due by then looked at then. */
  void watch(long deadlineNanos) {
    if (stopped || (timer != null && timerNanos - deadlineNanos <= 0)) {
      return;
    }
    stopTimer();
    timerNanos = deadlineNanos;
    long wait = Math.max(0, deadlineNanos - System.nanoTime());
    timer = loop.schedule(this::expire, wait, TimeUnit.NANOSECONDS);
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void expire() {
    timer = null;
    long now = System.nanoTime();
    for (Transaction each : List.copyOf(transactions)) {
      if (each.deadlineNanos() - now <= 0) {
        each.expire();
      }
    }
    afterwards.run();
    transactions.stream().mapToLong(Transaction::deadlineNanos).min().ifPresent(this::watch);
  }

  /** Those that are at one of these instances. */
  void cut(Set<Backend> backends) {
    for (Transaction each : List.copyOf(transactions)) {
      if (each.isAt(backends)) {
        each.cut();
      }
    }
  }

  /** No deadline matters any more. */
  void stop() {
    stopped = true;
    stopTimer();
  }

  /** The master is gone. */
  void abandon() {
    stop();
    List.copyOf(transactions).forEach(Transaction::abandon);
    transactions.clear();
    count = 0;
  }
}
