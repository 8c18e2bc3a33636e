package dev.bumpless.agent;

import dev.bumpless.agent.swap.Ticker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** The machine's clocks. */
final class MonotonicTicker implements Ticker {
  private final Clock wall = Clock.systemUTC();
  private final Instant began = wall.instant();
  private final long beganNanos = System.nanoTime();

  @Override
  public Instant steady() {
    return began.plusNanos(System.nanoTime() - beganNanos);
  }

  @Override
  public void pause(Duration duration) {
    LockSupport.parkNanos(duration.toNanos());
  }

  @Override
  public Instant wall() {
    return wall.instant();
  }
}
