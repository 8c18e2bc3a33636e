package dev.bumpless.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Values of one kind, in milliseconds, and the row of a table that they become. */
final class Figures {
  private final List<Double> values = new ArrayList<>();

  void add(double millis) {
    values.add(millis);
  }

  /** Nearest rank; 0 where there is no value. */
  double at(double share) {
    if (values.isEmpty()) {
      return 0;
    }
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(Math.max(1, (int) Math.ceil(share * sorted.size())) - 1);
  }

  static String head(String what) {
    return "| " + what + " | n | p50 ms | p99 ms | max ms |\n|---|---:|---:|---:|---:|";
  }

  String row(String what) {
    return "| %s | %d | %.1f | %.1f | %.1f |"
        .formatted(what, values.size(), at(0.5), at(0.99), at(1));
  }
}
