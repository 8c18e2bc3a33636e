package dev.bumpless.manifest.shape;

import dev.bumpless.manifest.yaml.Problems;
import dev.bumpless.manifest.yaml.YamlNode;
import dev.bumpless.manifest.yaml.YamlNode.Scalar;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** True or false, and no other word for them. */
public record BooleanShape() implements Shape<Boolean> {

  @Override
  public Optional<Boolean> read(YamlNode node, Problems problems) {
    if (node instanceof Scalar scalar && scalar.type() == Scalar.Type.BOOLEAN) {
      return Optional.of(Boolean.valueOf(scalar.text()));
    }
    problems.add(node.place(), "expected true or false, found " + node.kind(), hint(node));
    return Optional.empty();
  }

  private static String hint(YamlNode node) {
    String word = node instanceof Scalar s ? s.text().toLowerCase(Locale.ROOT) : "";
    return switch (word) {
      case "yes", "on", "y", "1", "true" -> "did you mean true without quotes?";
      case "no", "off", "n", "0", "false" -> "did you mean false without quotes?";
      default -> "";
    };
  }

  @Override
  public Object write(Boolean value) {
    return value;
  }

  @Override
  public Map<String, Object> schema() {
    return Keywords.of("type", "boolean");
  }

  @Override
  public String expected() {
    return "true or false";
  }
}
