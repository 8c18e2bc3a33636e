package dev.bumpless.rig;

import dev.bumpless.agent.swap.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** The machine's clocks. */
final class WallTicker implements Ticker {
  private final Instant started = Instant.now();
  private final long startedNanos = System.nanoTime();

  @Override
  public Instant steady() {
    return started.plusNanos(System.nanoTime() - startedNanos);
  }

  @Override
  public void pause(Duration duration) {
    LockSupport.parkNanos(duration.toNanos());
  }

  @Override
  public Instant wall() {
    return Instant.now();
  }
}
