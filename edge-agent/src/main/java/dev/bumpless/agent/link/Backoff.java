package dev.bumpless.agent.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: 1 s, 2 s, 4 s … 60 s, each anything between half of it and
 * all of it, so that a fleet does not come back in step.
 */
final class Backoff {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final RandomGenerator random;
  private Duration limit = FIRST;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  Duration next() {
    Duration delay = Duration.ofNanos((long) (limit.toNanos() * (0.5 + random.nextDouble() / 2)));
    Duration twice = limit.multipliedBy(2);
    limit = twice.compareTo(LONGEST) > 0 ? LONGEST : twice;
    return delay;
  }

  void reset() {
    limit = FIRST;
  }
}
