package dev.bumpless.agent.swap;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A step that failed.
 *
 * @param tries how often in a row something went wrong, 1 and up
 * @param isPermanent the same call would fail again
 * @param retryAt not before
 */
record Trouble(int tries, boolean isPermanent, Instant retryAt, String message) {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  /** Waits 1 s, 2 s, 4 s … 60 s between tries. */
  static Trouble after(Optional<Trouble> before, boolean permanent, String message, Instant now) {
    int tries = before.map(Trouble::tries).orElse(0) + 1;
    return new Trouble(tries, permanent, now.plus(wait(tries)), message);
  }

  /** What went wrong, and when it is tried again. */
  String told(ObservedApp seen) {
    return "%s; backing off, try %d at %s".formatted(message, tries + 1, seen.clock(retryAt));
  }

  private static Duration wait(int tries) {
    Duration wait = Duration.ofSeconds(1L << Math.min(tries - 1, 10));
    return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
  }
}
