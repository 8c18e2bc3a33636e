package dev.bumpless.manifest.shape;

import dev.bumpless.manifest.yaml.Problem;
import dev.bumpless.manifest.yaml.Problems;
import dev.bumpless.manifest.yaml.YamlNode;
import dev.bumpless.manifest.yaml.YamlNode.Scalar;
import java.util.Map;
import java.util.Optional;

/** A whole number of a range, both ends in it. */
public record IntegerShape(int min, int max) implements Shape<Integer> {

  @Override
  public Optional<Integer> read(YamlNode node, Problems problems) {
    if (!(node instanceof Scalar scalar) || scalar.type() != Scalar.Type.INTEGER) {
      problems.add(
          node.place(), "expected " + expected() + ", found " + node.kind(), quotesHint(node));
      return Optional.empty();
    }
    String text = scalar.text();
    if (!text.matches("[-+]?(0|[1-9][0-9]*)")) {
      problems.add(
          node.place(),
          Problem.quote(text) + " is not " + expected(),
          "decimal digits only, no leading zero");
      return Optional.empty();
    }
    Optional<Integer> value = parse(text).filter(v -> v >= min && v <= max);
    if (value.isEmpty()) {
      problems.add(
          node.place(), Problem.quote(text) + " is out of range; expected " + expected(), "");
    }
    return value;
  }

  private static Optional<Integer> parse(String text) {
    try {
      return Optional.of(Integer.valueOf(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static String quotesHint(YamlNode node) {
    boolean quoted = node instanceof Scalar s && s.text().matches("[0-9]{1,9}");
    return quoted ? "take off the quotes" : "";
  }

  @Override
  public Object write(Integer value) {
    return value;
  }

  @Override
  public Map<String, Object> schema() {
    return Keywords.of("type", "integer", "minimum", min, "maximum", max);
  }

  @Override
  public String expected() {
    return "a whole number from " + min + " to " + max;
  }
}
