package dev.bumpless.manifest.shape;

import dev.bumpless.manifest.yaml.Problem;
import dev.bumpless.manifest.yaml.Problems;
import dev.bumpless.manifest.yaml.YamlNode;
import dev.bumpless.manifest.yaml.YamlNode.Mapping;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A map whose keys are the writer's own.
 *
 * @param keyExpected what the pattern means, with its article
 */
public record MapShape<T>(String keyExpected, Pattern key, Shape<T> value, int max)
    implements Shape<Map<String, T>> {
  private static final int MAX_KEY_LENGTH = 256;

  @Override
  public Optional<Map<String, T>> read(YamlNode node, Problems problems) {
    if (!(node instanceof Mapping map)) {
      problems.add(node.place(), "expected " + expected() + ", found " + node.kind(), "");
      return Optional.empty();
    }
    int before = problems.count();
    if (map.entries().size() > max) {
      problems.add(node.place(), map.entries().size() + " keys; expected at most " + max, "");
    }
    Map<String, T> values = new TreeMap<>();
    map.entries().forEach((k, entry) -> enter(values, k, entry, problems));
    return problems.count() == before ? Optional.of(values) : Optional.empty();
  }

  private void enter(Map<String, T> values, String k, YamlNode.Entry entry, Problems problems) {
    if (k.length() > MAX_KEY_LENGTH || !key.matcher(k).matches()) {
      problems.add(entry.key(), Problem.quote(k) + " is not " + keyExpected, "");
    }
    value.read(entry.value(), problems).ifPresent(v -> values.put(k, v));
  }

  @Override
  public Object write(Map<String, T> values) {
    Map<String, Object> written = new LinkedHashMap<>();
    new TreeMap<>(values).forEach((k, v) -> written.put(k, value.write(v)));
    return written;
  }

  @Override
  public Map<String, Object> schema() {
    return Keywords.of(
        "type",
        "object",
        "maxProperties",
        max,
        "propertyNames",
        Keywords.of("pattern", "^(?:" + key + ")$", "maxLength", MAX_KEY_LENGTH),
        "additionalProperties",
        value.schema());
  }

  @Override
  public String expected() {
    return "a map of names to " + value.expected();
  }
}
