package dev.bumpless.agent.swap;

import java.time.Duration;
import java.time.Instant;

/** A clock that a test sets. */
public final class FakeTicker implements Ticker {
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Duration wrong = Duration.ZERO;

  public synchronized void advance(Duration by) {
    now = now.plus(by);
  }

  public synchronized void advanceTo(Instant to) {
    if (to.isAfter(now)) {
      now = to;
    }
  }

  @Override
  public void pause(Duration duration) {
    advance(duration);
  }

  @Override
  public synchronized Instant steady() {
    return now;
  }

  /** Somebody sets the wall clock, that much off the true time. */
  public synchronized void setWall(Duration off) {
    wrong = off;
  }

  @Override
  public synchronized Instant wall() {
    return now.plus(wrong);
  }
}
