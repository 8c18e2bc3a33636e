package dev.bumpless.manifest.shape;

import dev.bumpless.manifest.yaml.Problems;
import dev.bumpless.manifest.yaml.YamlNode;
import dev.bumpless.manifest.yaml.YamlNode.Sequence;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A list that a later release fills: until then it must be empty.
 *
 * @param instead what to do until then
 */
public record NotYetShape(String instead) implements Shape<List<String>> {

  @Override
  public Optional<List<String>> read(YamlNode node, Problems problems) {
    if (node instanceof Sequence list && list.items().isEmpty()) {
      return Optional.of(List.of());
    }
    problems.add(node.place(), "comes with a later release: " + expected(), instead);
    return Optional.empty();
  }

  @Override
  public Object write(List<String> value) {
    return List.of();
  }

  @Override
  public Map<String, Object> schema() {
    return Keywords.of("type", "array", "maxItems", 0);
  }

  @Override
  public String expected() {
    return "an empty list for now";
  }
}
