package dev.bumpless.manifest;

import dev.bumpless.manifest.yaml.YamlText;
import java.util.Map;

/**
 * Writes an app as canonical text: the same app is always the same text, parsing it gives an equal
 * app, and a line diff of two shows what differs between them. A release carries this text.
 *
 * <p>Defaults that say something ({@code bake: 30s}) are written, so that a release means the same
 * under a later version with other defaults. What says nothing (an empty list, {@code false}) is
 * left out, so that a new key does not shut out devices of an earlier version.
 */
public final class ManifestWriter {
  private ManifestWriter() {}

  @SuppressWarnings("unchecked") // an object is written as a map with text for keys
  public static String toYaml(App app) {
    return YamlText.of((Map<String, Object>) AppShape.INSTANCE.shape().write(app));
  }
}
