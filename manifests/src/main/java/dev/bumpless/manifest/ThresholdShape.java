package dev.bumpless.manifest;

import dev.bumpless.manifest.shape.IntegerShape;
import dev.bumpless.manifest.shape.Keywords;
import dev.bumpless.manifest.shape.Shape;
import dev.bumpless.manifest.shape.Texts;
import dev.bumpless.manifest.yaml.Problems;
import dev.bumpless.manifest.yaml.YamlNode;
import dev.bumpless.manifest.yaml.YamlNode.Scalar;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A number, or a share such as {@code 5%}. */
final class ThresholdShape implements Shape<Threshold> {
  private static final IntegerShape NUMBER = new IntegerShape(0, Threshold.MOST);
  private static final String FORM = "(100|[1-9]?[0-9])%";
  private final Shape<String> share = Texts.matching(expected(), FORM, 4, "");

  @Override
  public Optional<Threshold> read(YamlNode node, Problems problems) {
    if (node instanceof Scalar scalar && scalar.type() == Scalar.Type.INTEGER) {
      return NUMBER.read(node, problems).map(Threshold::count);
    }
    return share
        .read(node, problems)
        .map(text -> Threshold.percent(Integer.parseInt(text.substring(0, text.length() - 1))));
  }

  @Override
  public Object write(Threshold value) {
    return value.isPercent() ? value.toString() : value.value();
  }

  @Override
  public Map<String, Object> schema() {
    return Keywords.of("anyOf", List.of(NUMBER.schema(), share.schema()));
  }

  @Override
  public String expected() {
    return "a number, or a share such as 5%";
  }
}
