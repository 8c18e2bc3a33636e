package dev.bumpless.router.table;

import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long answers took: a count for each step of time, four steps to a doubling. So a time is
 * known to a quarter of itself, from 1 µs to 67 s, in less than a kilobyte. What took longer counts
 * in the last step. Any thread, without a lock.
 */
final class AnswerTimes {
  private static final int STEPS_A_DOUBLING = 4;
  private static final int DOUBLINGS = 25;
  private static final int STEPS = STEPS_A_DOUBLING * DOUBLINGS;

  private final AtomicLongArray counts = new AtomicLongArray(STEPS);

  void add(long nanos) {
    counts.getAndIncrement(step(nanos / 1_000));
  }

  /** Up to 4 µs a step each; from there on by the highest bit and the two that follow it. */
  static int step(long micros) {
    if (micros < STEPS_A_DOUBLING) {
      return (int) Math.max(0, micros);
    }
    int highest = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros);
    int step = (highest - 1) * STEPS_A_DOUBLING + (int) (micros >>> (highest - 2) & 3);
    return Math.min(step, STEPS - 1);
  }

  /** What counts in the step took less. */
  static long belowMicros(int step) {
    if (step < STEPS_A_DOUBLING) {
      return step + 1L;
    }
    int highest = step / STEPS_A_DOUBLING + 1;
    return (STEPS_A_DOUBLING + 1L + step % STEPS_A_DOUBLING) << (highest - 2);
  }

  /**
   * {@code 320:5,384:1}: five took less than 320 µs, one more less than 384; {@code none} where
   * there was no answer.
   */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(",").setEmptyValue("none");
    for (int step = 0; step < STEPS; step++) {
      long count = counts.get(step);
      if (count > 0) {
        text.add(belowMicros(step) + ":" + count);
      }
    }
    return text.toString();
  }
}
