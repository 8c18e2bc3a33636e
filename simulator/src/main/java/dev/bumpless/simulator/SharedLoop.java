package dev.bumpless.simulator;

import dev.bumpless.agent.link.Loop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A device's loop that has no thread of its own: one of a pool does what is due. */
final class SharedLoop implements Loop {
  private static final Logger LOG = System.getLogger(SharedLoop.class.getName());
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);

  private final ScheduledExecutorService timer;
  private final Executor threads;
  private final Queue<Runnable> due = new ArrayDeque<>();
  private boolean isRunning;
  private boolean isClosed;

  /**
   * @param timer only hands on
   * @param threads where tasks run; they block as long as the broker takes
   */
  SharedLoop(ScheduledExecutorService timer, Executor threads) {
    this.timer = timer;
    this.threads = threads;
  }

  @Override
  public void execute(Runnable task) {
    synchronized (due) {
      if (isClosed) {
        return;
      }
      due.add(task);
      if (isRunning) {
        return;
      }
      isRunning = true;
    }
    threads.execute(this::work);
  }

  private void work() {
    while (true) {
      Runnable task;
      synchronized (due) {
        task = due.poll();
        if (task == null) {
          isRunning = false;
          return;
        }
      }
      try {
        task.run();
      } catch (RuntimeException e) { // the device goes on whatever one task does
        LOG.log(Level.ERROR, "event=link-task-failed", e);
      }
    }
  }

  @Override
  public void schedule(Duration delay, Runnable task) {
    if (delay.isZero()) {
      execute(task);
      return;
    }
    try {
      var unused = timer.schedule(() -> execute(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "event=task-after-close");
    }
  }

  @Override
  public void closeAfter(Runnable last) {
    CountDownLatch done = new CountDownLatch(1);
    execute(
        () -> {
          last.run();
          done.countDown();
        });
    synchronized (due) {
      isClosed = true;
    }
    try {
      if (!done.await(CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.log(Level.WARNING, "event=link-close-unfinished");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
