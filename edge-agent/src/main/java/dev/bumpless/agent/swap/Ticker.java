package dev.bumpless.agent.swap;

import java.time.Duration;
import java.time.Instant;

/** Time, from outside. Safe for any thread. */
public interface Ticker {

  /**
   * For deadlines: as the wall clock stood when the process started, plus what has passed since.
   * Never goes back and never jumps, also where a gateway without a clock chip hears the time late.
   */
  Instant steady();

  /** Lets that much time pass, or less where the thread is interrupted. */
  void pause(Duration duration);

  /** What a person's watch says; may jump. For reports only. */
  Instant wall();
}
