package dev.bumpless.simulator;

import dev.bumpless.agent.link.Loop;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The threads that all devices of a process share. Each device has a thread of its own beside. */
final class Pools implements AutoCloseable {
  private static final int LINKS = 64;
  private static final int WORKERS = 16;

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "timer"));
  private final ExecutorService links =
      Executors.newFixedThreadPool(LINKS, task -> daemon(task, "link"));
  private final ExecutorService turns =
      Executors.newFixedThreadPool(WORKERS, task -> daemon(task, "turn"));

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  Loop loop() {
    return new SharedLoop(timer, links);
  }

  /** A device's share of the workers, which ends without them. */
  ExecutorService workers() {
    return new Share(turns);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    links.shutdownNow();
    turns.shutdownNow();
  }

  private static final class Share extends AbstractExecutorService {
    private final ExecutorService all;
    private volatile boolean isEnded;

    Share(ExecutorService all) {
      this.all = all;
    }

    @Override
    public void execute(Runnable task) {
      all.execute(task);
    }

    @Override
    public void shutdown() {
      isEnded = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
      isEnded = true;
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return isEnded;
    }

    @Override
    public boolean isTerminated() {
      return isEnded;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }
}
