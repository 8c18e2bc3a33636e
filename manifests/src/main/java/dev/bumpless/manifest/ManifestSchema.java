package dev.bumpless.manifest;

import dev.bumpless.manifest.shape.Keywords;
import dev.bumpless.manifest.shape.ObjectShape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The JSON Schemas (draft 2020-12) of each kind, for editors. They refuse nothing that {@link
 * ManifestParser} takes; what a schema cannot say (names that exist, ports that clash, ranges of
 * durations) only the parser refuses.
 */
public final class ManifestSchema {
  private static final String APP = "app.schema.json";
  private static final String ROLLOUT = "rollout.schema.json";

  private ManifestSchema() {}

  /** The text for {@code kind: App} as published beside this class. */
  public static String text() {
    return published(APP);
  }

  /** The text for {@code kind: Rollout} as published beside this class. */
  public static String rolloutText() {
    return published(ROLLOUT);
  }

  private static String published(String name) {
    try (InputStream in = ManifestSchema.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + name + " from the class path", e);
    }
  }

  /** What the published text is made from. */
  static Map<String, Object> generate() {
    return generate("app", "Bumpless app", AppShape.INSTANCE.shape());
  }

  /** What the published text of a rollout is made from. */
  static Map<String, Object> generateRollout() {
    return generate("rollout", "Bumpless rollout", RolloutShape.INSTANCE.shape());
  }

  private static Map<String, Object> generate(String kind, String title, ObjectShape<?> shape) {
    Map<String, Object> schema =
        new LinkedHashMap<>(
            Keywords.of(
                "$schema",
                "https://json-schema.org/draft/2020-12/schema",
                "$id",
                "urn:bumpless:manifest:v1:" + kind,
                "title",
                title));
    schema.putAll(shape.schema());
    return schema;
  }
}
