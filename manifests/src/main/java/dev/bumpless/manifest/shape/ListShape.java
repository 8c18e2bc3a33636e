package dev.bumpless.manifest.shape;

import dev.bumpless.manifest.yaml.Problem;
import dev.bumpless.manifest.yaml.Problems;
import dev.bumpless.manifest.yaml.YamlNode;
import dev.bumpless.manifest.yaml.YamlNode.Scalar;
import dev.bumpless.manifest.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A list.
 *
 * @param unique whether a value may stand in it once only
 */
public record ListShape<T>(Shape<T> item, int min, int max, boolean unique)
    implements Shape<List<T>> {

  public static <T> ListShape<T> of(Shape<T> item, int min, int max) {
    return new ListShape<>(item, min, max, false);
  }

  public static <T> ListShape<T> unique(Shape<T> item, int max) {
    return new ListShape<>(item, 0, max, true);
  }

  @Override
  public Optional<List<T>> read(YamlNode node, Problems problems) {
    if (!(node instanceof Sequence list)) {
      problems.add(
          node.place(),
          "expected " + expected() + ", found " + node.kind(),
          node instanceof Scalar s && !s.text().isBlank() ? "a list is [ a, b ]" : "");
      return Optional.empty();
    }
    int size = list.items().size();
    if (size < min || size > max) {
      problems.add(
          node.place(), size + " entries are out of range; expected " + min + " to " + max, "");
      return Optional.empty();
    }
    int before = problems.count();
    List<T> values = items(list, problems);
    return problems.count() == before ? Optional.of(values) : Optional.empty();
  }

  private List<T> items(Sequence list, Problems problems) {
    List<T> values = new ArrayList<>();
    Set<T> seen = new HashSet<>();
    for (YamlNode node : list.items()) {
      Optional<T> value = item.read(node, problems);
      value.ifPresent(values::add);
      if (unique && value.isPresent() && !seen.add(value.get())) {
        String text = node instanceof Scalar s ? Problem.quote(s.text()) : "the same value";
        problems.add(node.place(), text + " stands twice in this list", "keep one of the two");
      }
    }
    return values;
  }

  @Override
  public Object write(List<T> values) {
    return values.stream().map(item::write).toList();
  }

  @Override
  public Map<String, Object> schema() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "array");
    schema.put("items", item.schema());
    if (min > 0) {
      schema.put("minItems", min);
    }
    schema.put("maxItems", max);
    if (unique) {
      schema.put("uniqueItems", true);
    }
    return schema;
  }

  @Override
  public Optional<ObjectShape<?>> keys() {
    return item.keys();
  }

  @Override
  public String expected() {
    return keys().isPresent() ? "a list of maps" : "a list, each " + item.expected();
  }
}
