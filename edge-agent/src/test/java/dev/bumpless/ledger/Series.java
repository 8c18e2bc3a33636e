package dev.bumpless.ledger;

import java.util.Arrays;

/** Durations in nanoseconds, all of them kept, so that percentiles are exact. */
final class Series {
  private long[] values = new long[1024];
  private int size;

  void add(long nanos) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = nanos;
  }

  Percentiles percentiles() {
    long[] sorted = Arrays.copyOf(values, size);
    Arrays.sort(sorted);
    return new Percentiles(at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
  }

  /** Nearest rank. */
  private static double at(long[] sorted, double share) {
    if (sorted.length == 0) {
      return 0;
    }
    int rank = Math.max(1, (int) Math.ceil(share * sorted.length));
    return sorted[rank - 1] / 1e6;
  }

  /** In milliseconds; 0 where nothing was measured. */
  public record Percentiles(double p50Ms, double p99Ms, double maxMs) {}
}
