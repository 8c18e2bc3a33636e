package dev.bumpless.controller.time;

import java.time.Duration;
import java.time.Instant;

/**
 * Whether it is time again for something that is done again and again. A clock that was set back
 * stops nothing: what was done at a moment that is still to come is due. Not for several threads.
 */
public final class Pace {
  private Instant last = Instant.MIN;

  /** Whether so much time has passed since it was due; counts from now on then. */
  public boolean isDue(Instant now, Duration pause) {
    boolean isDue =
        last.equals(Instant.MIN) || now.isBefore(last) || !now.isBefore(last.plus(pause));
    last = isDue ? now : last;
    return isDue;
  }
}
