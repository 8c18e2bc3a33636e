package dev.bumpless.manifest.yaml;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with one text. Not safe for use by several threads. */
public final class Problems {
  /** More than this many are not kept: nobody reads them. */
  public static final int MAX = 100;

  private final String file;
  private final List<Problem> found = new ArrayList<>();
  private int count;

  public Problems(String file) {
    this.file = file;
  }

  public void add(Place place, String message, String hint) {
    count++;
    if (found.size() < MAX) {
      found.add(new Problem(file, place.line(), place.column(), message, hint));
    }
  }

  /** How many were added, those that were not kept too. */
  public int count() {
    return count;
  }

  /** In the order of the text, each once. */
  public List<Problem> list() {
    return found.stream()
        .distinct()
        .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
        .toList();
  }
}
