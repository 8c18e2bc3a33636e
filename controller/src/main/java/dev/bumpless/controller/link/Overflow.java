package dev.bumpless.controller.link;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether the link's queue had no room for something, and when to connect anew for that. Most of it
 * is said again or found in the store; presence is not: the broker keeps it, and tells it to
 * whoever connects. Before that the queue is worked off, and where it runs over again and again the
 * next time is later and later.
 *
 * <p>{@link #happened} is for any thread, the rest for the link's.
 */
final class Overflow {
  static final Duration FIRST_PAUSE = Duration.ofSeconds(15);
  static final Duration LONGEST_PAUSE = Duration.ofMinutes(16);

  /** After such a time it is no longer the same trouble. */
  static final Duration CALM = Duration.ofHours(1);

  private final AtomicBoolean hasHappened = new AtomicBoolean();
  private Duration pause = FIRST_PAUSE;
  private Instant mendedAt = Instant.MIN;

  /** Something was dropped; returns whether it is the first since the connection began. */
  boolean happened() {
    return !hasHappened.getAndSet(true);
  }

  /** A connection begins, which hears everybody's presence. */
  void connecting() {
    hasHappened.set(false);
  }

  /**
   * Whether to connect anew now; whoever is told so does it.
   *
   * @param isWorkedOff whether the queue has room again for what is heard then
   */
  boolean isToBeMended(Instant now, boolean isWorkedOff) {
    if (!hasHappened.get() || !isWorkedOff) {
      return false;
    }
    Duration since = Duration.between(mendedAt, now);
    if (!since.isNegative() && since.compareTo(pause) < 0) {
      return false;
    }
    pause = since.compareTo(CALM) > 0 ? FIRST_PAUSE : Pauses.next(pause, LONGEST_PAUSE);
    mendedAt = now;
    return true;
  }
}
