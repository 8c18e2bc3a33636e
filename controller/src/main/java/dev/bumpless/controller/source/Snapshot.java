package dev.bumpless.controller.source;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The manifests of a source at one moment.
 *
 * @param revision a commit; of a directory a digest of what is in it
 * @param files texts by their path below the source's folder
 */
public record Snapshot(String revision, SortedMap<String, String> files) {
  private static final int SHOWN = 12;

  public Snapshot {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /** Long enough to tell revisions apart, short enough for a table. */
  public static String brief(String revision) {
    return revision.length() > SHOWN ? revision.substring(0, SHOWN) : revision;
  }
}
