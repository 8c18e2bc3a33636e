package dev.bumpless.agent.swap;

import dev.bumpless.manifest.App;
import java.time.Duration;
import java.util.List;

/** Reads of two versions of an app and holds the answers against each other. Never writes. */
public interface Comparison {

  /**
   * One round of all that the app's manifest has compared. What the old one itself answers
   * differently when asked twice is no difference: it is changing.
   *
   * @param app the new one's manifest
   * @param timeout of one read
   */
  Round compare(App app, StateTransfer.Side old, StateTransfer.Side young, Duration timeout);

  /**
   * @param asked how many values and documents were compared
   * @param differences at most {@value #MOST_DIFFERENCES}
   */
  record Round(int asked, List<Difference> differences) {
    public static final int MOST_DIFFERENCES = 10;

    public Round {
      differences = List.copyOf(differences);
    }
  }

  /**
   * @param place what was asked: {@code unit 1 holding 7}, {@code GET /state header ETag}
   * @param found what the new one answered, and the old one, for a person
   */
  record Difference(String place, String found) {
    @Override
    public String toString() {
      return place + ": " + found;
    }
  }
}
