package dev.bumpless.router.table;

import java.time.Duration;
import java.util.Locale;

/**
 * How a hold ended.
 *
 * @param held how long requests could be parked
 * @param parked how many were
 * @param generation of the record that its flip wrote, if one was applied
 */
public record Ended(
    String token, Cause cause, Duration held, int parked, boolean flipped, long generation) {

  public enum Cause {
    RELEASED,
    /** At its limit: what was parked went where the table pointed. */
    EXPIRED,
    /** The connection that took it is gone. */
    OWNER_GONE,
    REMOVED;

    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
