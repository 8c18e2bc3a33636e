package dev.bumpless.agent.health;

import dev.bumpless.agent.swap.Comparison.Difference;
import dev.bumpless.agent.swap.Comparison.Round;
import java.util.ArrayList;
import java.util.List;

/** What a round of comparison has come to so far. One thread. */
final class Findings {
  private final List<Difference> differences = new ArrayList<>();
  private int asked;

  void compared(int count) {
    asked += count;
  }

  /** Those after the first ten are not kept. */
  void differs(String place, String found) {
    if (!isFull()) {
      differences.add(new Difference(place, found));
    }
  }

  boolean isFull() {
    return differences.size() == Round.MOST_DIFFERENCES;
  }

  Round round() {
    return new Round(asked, differences);
  }
}
