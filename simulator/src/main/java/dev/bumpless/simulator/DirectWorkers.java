package dev.bumpless.simulator;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/** Does everything in the caller's thread. */
final class DirectWorkers extends AbstractExecutorService {
  private volatile boolean isEnded;

  @Override
  public void execute(Runnable task) {
    task.run();
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
