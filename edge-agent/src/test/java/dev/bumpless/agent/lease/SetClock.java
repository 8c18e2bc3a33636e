package dev.bumpless.agent.lease;

import dev.bumpless.agent.swap.Ticker;
import java.time.Duration;
import java.time.Instant;

/** Two clocks that a test sets apart. */
final class SetClock implements Ticker {
  private Instant steady = Instant.parse("2026-01-01T00:00:00Z");
  private Instant wall = steady;

  synchronized void pass(Duration duration) {
    steady = steady.plus(duration);
    wall = wall.plus(duration);
  }

  /** Somebody sets the watch. */
  synchronized void jump(Duration by) {
    wall = wall.plus(by);
  }

  @Override
  public synchronized Instant steady() {
    return steady;
  }

  @Override
  public void pause(Duration duration) {
    pass(duration);
  }

  @Override
  public synchronized Instant wall() {
    return wall;
  }
}
