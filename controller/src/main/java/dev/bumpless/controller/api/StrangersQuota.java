package dev.bumpless.controller.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Keeps those who know no token from filling the disk with the record of it: so many calls of a
 * minute are written down, the rest is counted. Any thread may call.
 */
final class StrangersQuota {
  static final int MOST = 60;
  private static final Duration WINDOW = Duration.ofMinutes(1);

  private Instant start = Instant.EPOCH;
  private int admitted;
  private long left;

  /** What is to be written down of the call; empty where it is only counted. */
  synchronized Optional<String> admit(Instant now) {
    if (!now.isBefore(start.plus(WINDOW)) || now.isBefore(start)) {
      start = now;
      admitted = 0;
    }
    if (admitted == MOST) {
      left++;
      return Optional.empty();
    }
    admitted++;
    String text = left == 0 ? "-" : "and " + left + " more before that were not written down";
    left = 0;
    return Optional.of(text);
  }
}
