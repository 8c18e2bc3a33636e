package dev.bumpless.agent.health;

import java.net.SocketTimeoutException;
import java.time.Duration;

/** One limit for several blocking calls in a row. */
final class Deadline {
  private final long endNanos;
  private final Duration limit;

  private Deadline(Duration limit) {
    this.limit = limit;
    this.endNanos = System.nanoTime() + limit.toNanos();
  }

  static Deadline after(Duration limit) {
    return new Deadline(limit);
  }

  /** At least 1, as 0 means for ever to a socket. */
  int remainingMillis() throws SocketTimeoutException {
    long millis = (endNanos - System.nanoTime()) / 1_000_000;
    if (millis <= 0) {
      throw new SocketTimeoutException("no answer within " + limit.toMillis() + " ms");
    }
    return (int) Math.min(Integer.MAX_VALUE, millis);
  }
}
