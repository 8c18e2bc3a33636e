package dev.bumpless.manifest.yaml;

import java.util.Comparator;

/** Where something stands in a text; both count from 1, and 0 means not known. */
public record Place(int line, int column) implements Comparable<Place> {
  public static final Place UNKNOWN = new Place(0, 0);

  @Override
  public int compareTo(Place other) {
    return Comparator.comparingInt(Place::line)
        .thenComparingInt(Place::column)
        .compare(this, other);
  }
}
