package dev.bumpless.manifest;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Immutable copies in natural order, so that the same app always gives the same text. */
final class Ordered {
  private Ordered() {}

  static Set<String> set(Collection<String> values) {
    return Collections.unmodifiableSet(new TreeSet<>(values));
  }

  static Map<String, String> map(Map<String, String> values) {
    return Collections.unmodifiableMap(new TreeMap<>(values));
  }
}
