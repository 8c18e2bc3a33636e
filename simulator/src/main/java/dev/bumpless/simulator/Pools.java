package dev.bumpless.simulator;

import dev.bumpless.agent.link.Loop;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** The threads that all devices of a process share. */
final class Pools implements AutoCloseable {
  /** They wait for the broker most of the time. */
  private static final int LINKS = 32;

  private static final int TURNS = 2;

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "timer"));
  private final ExecutorService links =
      Executors.newFixedThreadPool(LINKS, task -> daemon(task, "link"));
  private final ScheduledExecutorService turns =
      Executors.newScheduledThreadPool(TURNS, task -> daemon(task, "turn"));

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  Loop loop() {
    return new SharedLoop(timer, links);
  }

  /** Where logs would be read. */
  Executor readers() {
    return links;
  }

  ScheduledExecutorService turns() {
    return turns;
  }

  @Override
  public void close() {
    timer.shutdownNow();
    links.shutdownNow();
    turns.shutdownNow();
  }
}
