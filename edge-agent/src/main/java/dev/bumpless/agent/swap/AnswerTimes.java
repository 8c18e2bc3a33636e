package dev.bumpless.agent.swap;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How long the answers of an instance took, counted in steps of time. Two of the same instance tell
 * of what lies between them.
 *
 * @param counts answers that took less than the key, and no less than the key before it
 */
public record AnswerTimes(SortedMap<Duration, Long> counts) {
  private static final double MOST = 0.95;

  public static final AnswerTimes NONE = new AnswerTimes(new TreeMap<>());

  public AnswerTimes {
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
    counts.forEach(
        (below, count) -> {
          if (below.isNegative() || below.isZero() || count < 1) {
            throw new IllegalArgumentException(count + " answers in less than " + below);
          }
        });
  }

  public long count() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * The answers since {@code earlier}. Where that has counted what this has not, the counting began
   * anew in between (the router restarted, the instance was defined anew): then it is all of this.
   */
  public AnswerTimes minus(AnswerTimes earlier) {
    SortedMap<Duration, Long> since = new TreeMap<>(counts);
    for (Map.Entry<Duration, Long> step : earlier.counts.entrySet()) {
      long left = since.getOrDefault(step.getKey(), 0L) - step.getValue();
      if (left < 0) {
        return this;
      }
      if (left == 0) {
        since.remove(step.getKey());
      } else {
        since.put(step.getKey(), left);
      }
    }
    return new AnswerTimes(since);
  }

  /**
   * What 95 of 100 answers took less than; up to a quarter more than it was, for that is how wide
   * the router's steps are. Empty where there was no answer.
   */
  public Optional<Duration> p95() {
    long rank = (long) Math.ceil(MOST * count());
    long seen = 0;
    for (Map.Entry<Duration, Long> step : counts.entrySet()) {
      seen += step.getValue();
      if (seen >= rank) {
        return Optional.of(step.getKey());
      }
    }
    return Optional.empty();
  }
}
