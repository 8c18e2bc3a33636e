package dev.bumpless.manifest.shape;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keywords of JSON Schema, in the order in which they are given. */
public final class Keywords {
  private Keywords() {}

  /** Of name, value, name, value … */
  public static Map<String, Object> of(Object... pairs) {
    Map<String, Object> keywords = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      keywords.put((String) pairs[i], pairs[i + 1]);
    }
    return Collections.unmodifiableMap(keywords);
  }
}
