package dev.bumpless.manifest;

import dev.bumpless.manifest.shape.Keywords;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The JSON Schema (draft 2020-12) of {@code kind: App}, for editors. It refuses nothing that {@link
 * ManifestParser} takes; what a schema cannot say (names that exist, ports that clash, ranges of
 * durations) only the parser refuses.
 */
public final class ManifestSchema {
  private static final String PUBLISHED = "app.schema.json";

  private ManifestSchema() {}

  /** The text as published beside this class. */
  public static String text() {
    try (InputStream in = ManifestSchema.class.getResourceAsStream(PUBLISHED)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + PUBLISHED + " from the class path", e);
    }
  }

  /** What the published text is made from. */
  static Map<String, Object> generate() {
    Map<String, Object> schema =
        new LinkedHashMap<>(
            Keywords.of(
                "$schema", "https://json-schema.org/draft/2020-12/schema",
                "$id", "urn:bumpless:manifest:v1:app",
                "title", "Bumpless app"));
    schema.putAll(AppShape.INSTANCE.shape().schema());
    return schema;
  }
}
