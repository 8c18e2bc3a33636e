package dev.bumpless.agent.link;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The real loop. A task that fails is logged and the next one is done. */
final class ThreadLoop implements Loop {
  private static final Logger LOG = System.getLogger(ThreadLoop.class.getName());
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);

  private final ScheduledThreadPoolExecutor executor;

  ThreadLoop(String name) {
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public void execute(Runnable task) {
    schedule(Duration.ZERO, task);
  }

  @Override
  public void schedule(Duration delay, Runnable task) {
    try {
      var unused = executor.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "event=task-after-close");
    }
  }

  @Override
  public void closeAfter(Runnable last) {
    try {
      executor.submit(() -> run(last)).get(CLOSE_WITHIN.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "event=closed-before");
    } catch (TimeoutException | ExecutionException e) {
      LOG.log(Level.WARNING, "event=link-close-unfinished reason=\"{0}\"", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      executor.shutdownNow();
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) { // the thread must go on whatever one task does
      LOG.log(Level.ERROR, "event=link-task-failed", e);
    }
  }
}
