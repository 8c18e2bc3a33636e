package dev.bumpless.manifest.shape;

import dev.bumpless.manifest.yaml.Problem;
import dev.bumpless.manifest.yaml.Problems;
import dev.bumpless.manifest.yaml.YamlNode;
import dev.bumpless.manifest.yaml.YamlNode.Scalar;
import java.util.Map;
import java.util.Optional;

/** A number of a range, both ends in it, with or without decimals. */
public record DecimalShape(double min, double max) implements Shape<Double> {

  @Override
  public Optional<Double> read(YamlNode node, Problems problems) {
    if (!(node instanceof Scalar scalar)
        || (scalar.type() != Scalar.Type.DECIMAL && scalar.type() != Scalar.Type.INTEGER)) {
      problems.add(node.place(), "expected " + expected() + ", found " + node.kind(), "");
      return Optional.empty();
    }
    Optional<Double> value = parse(scalar.text()).filter(v -> v >= min && v <= max);
    if (value.isEmpty()) {
      problems.add(node.place(), Problem.quote(scalar.text()) + " is not " + expected(), "");
    }
    return value;
  }

  private static Optional<Double> parse(String text) {
    try {
      return Optional.of(Double.valueOf(text));
    } catch (NumberFormatException e) {
      return Optional.empty(); // .inf, .nan, 0x1f
    }
  }

  @Override
  public Object write(Double value) {
    return value;
  }

  @Override
  public Map<String, Object> schema() {
    return Keywords.of("type", "number", "minimum", min, "maximum", max);
  }

  @Override
  public String expected() {
    return "a number from " + min + " to " + max;
  }
}
