package dev.bumpless.ledger.modbus;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What came of the requests. Any thread. */
final class Book {
  private static final int MOST_INCIDENTS = 30;

  private final long startNanos = System.nanoTime();
  private final Map<Trouble, Long> troubles = new EnumMap<>(Trouble.class);
  private final List<String> incidents = new ArrayList<>();
  private int[] micros = new int[1 << 16];
  private int answers;
  private long writes;
  private long reads;
  private long connections;

  synchronized void connected() {
    connections++;
  }

  synchronized void answered(boolean write, long nanos) {
    if (write) {
      writes++;
    } else {
      reads++;
    }
    if (answers == micros.length) {
      micros = java.util.Arrays.copyOf(micros, 2 * answers);
    }
    micros[answers++] = (int) Math.min(Integer.MAX_VALUE, nanos / 1_000);
  }

  synchronized void trouble(Trouble kind, String what) {
    troubles.merge(kind, 1L, Long::sum);
    if (incidents.size() < MOST_INCIDENTS) {
      incidents.add("%.3f s: %s: %s".formatted(seconds(), kind.label(), what));
    }
  }

  private double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  synchronized WriteReport report() {
    int[] sorted = java.util.Arrays.copyOf(micros, answers);
    java.util.Arrays.sort(sorted);
    return new WriteReport(
        seconds(),
        writes,
        reads,
        connections,
        troubles,
        percentile(sorted, 0.5),
        percentile(sorted, 0.99),
        percentile(sorted, 1),
        incidents);
  }

  private static double percentile(int[] sorted, double share) {
    return sorted.length == 0 ? 0 : sorted[(int) ((sorted.length - 1) * share)] / 1e3;
  }
}
