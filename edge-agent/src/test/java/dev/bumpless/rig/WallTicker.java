package dev.bumpless.rig;

import dev.bumpless.agent.swap.Ticker;
import java.time.Instant;

/** The machine's clocks. */
final class WallTicker implements Ticker {
  private final Instant started = Instant.now();
  private final long startedNanos = System.nanoTime();

  @Override
  public Instant steady() {
    return started.plusNanos(System.nanoTime() - startedNanos);
  }

  @Override
  public Instant wall() {
    return Instant.now();
  }
}
