package dev.bumpless.manifest;

import dev.bumpless.manifest.yaml.Problems;
import dev.bumpless.manifest.yaml.YamlNode;
import dev.bumpless.manifest.yaml.YamlNode.Mapping;
import dev.bumpless.manifest.yaml.YamlNode.Scalar;
import dev.bumpless.manifest.yaml.YamlReader;
import dev.bumpless.manifest.yaml.YamlText;
import java.util.Map;
import java.util.Optional;

/** Reads and writes manifests of {@code kind: Rollout}, as {@link ManifestParser} does apps. */
public final class RolloutParser {
  private static final String KIND = "Rollout";

  private RolloutParser() {}

  /** Whether the text says that it is a rollout, right or wrong as it may be otherwise. */
  public static boolean isRollout(String text) {
    return YamlReader.read(text, new Problems("")).filter(RolloutParser::isRollout).isPresent();
  }

  static boolean isRollout(YamlNode root) {
    return root instanceof Mapping map
        && map.entry("kind")
            .map(YamlNode.Entry::value)
            .filter(kind -> kind instanceof Scalar s && s.text().equals(KIND))
            .isPresent();
  }

  /**
   * Throws InvalidManifestException with every problem that could be told apart.
   *
   * @param sourceName the file's name for messages
   */
  public static RolloutManifest parse(String text, String sourceName) {
    Problems problems = new Problems(sourceName);
    Optional<RolloutManifest> rollout =
        YamlReader.read(text, problems)
            .flatMap(root -> RolloutShape.INSTANCE.shape().read(root, problems));
    if (problems.count() > 0) {
      throw new InvalidManifestException(problems.list());
    }
    return rollout.orElseThrow();
  }

  /** Canonical text: the same rollout is always the same text, and parsing it gives it again. */
  @SuppressWarnings("unchecked") // an object is written as a map with text for keys
  public static String toYaml(RolloutManifest rollout) {
    return YamlText.of((Map<String, Object>) RolloutShape.INSTANCE.shape().write(rollout));
  }
}
