package dev.bumpless.agent.link;

import dev.bumpless.agent.swap.Ticker;
import dev.bumpless.protocol.Samples;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A loop and a clock that move only when a test says so. Tasks run in the test's thread. */
final class ManualLoop implements Loop, Ticker {
  private record Task(Instant at, long number, Runnable work) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparing(Task::at).thenComparing(Task::number));
  private Instant now = Samples.NOW;
  private Duration wallError = Duration.ZERO;
  private long number;
  private boolean isClosed;

  @Override
  public void pause(Duration duration) {
    throw new AssertionError("nobody waits here");
  }

  @Override
  public synchronized void execute(Runnable task) {
    schedule(Duration.ZERO, task);
  }

  @Override
  public synchronized void schedule(Duration delay, Runnable task) {
    if (!isClosed) {
      tasks.add(new Task(now.plus(delay), number++, task));
    }
  }

  @Override
  public void closeAfter(Runnable last) {
    if (isClosed()) {
      return;
    }
    run();
    last.run();
    synchronized (this) {
      isClosed = true;
      tasks.clear();
    }
  }

  private synchronized boolean isClosed() {
    return isClosed;
  }

  /** For the next life. */
  synchronized void reopen() {
    isClosed = false;
  }

  /** Does everything that is due. */
  void run() {
    advance(Duration.ZERO);
  }

  /** Lets time pass, and does everything that becomes due, in order. */
  void advance(Duration time) {
    Instant until = steady().plus(time);
    for (Task task = next(until); task != null; task = next(until)) {
      task.work().run();
    }
    synchronized (this) {
      now = until;
    }
  }

  private synchronized Task next(Instant until) {
    Task task = tasks.peek();
    if (task == null || task.at().isAfter(until)) {
      return null;
    }
    now = task.at().isAfter(now) ? task.at() : now;
    return tasks.poll();
  }

  /** Makes the wall clock wrong. */
  synchronized void wallIsOffBy(Duration error) {
    wallError = error;
  }

  @Override
  public synchronized Instant steady() {
    return now;
  }

  @Override
  public synchronized Instant wall() {
    return now.plus(wallError);
  }
}
