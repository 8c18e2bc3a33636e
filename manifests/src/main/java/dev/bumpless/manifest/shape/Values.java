package dev.bumpless.manifest.shape;

import dev.bumpless.manifest.yaml.Problems;
import dev.bumpless.manifest.yaml.YamlNode;
import java.util.Map;
import java.util.Optional;

/** What was read of an object: the values of its fields, those that were right. */
public final class Values {
  private final YamlNode.Mapping node;
  private final Map<String, Object> read;
  private final Problems problems;

  Values(YamlNode.Mapping node, Map<String, Object> read, Problems problems) {
    this.node = node;
    this.read = read;
    this.problems = problems;
  }

  /** The value, or the default of a key that was left out; empty where there was a problem. */
  @SuppressWarnings("unchecked") // only a field's own shape puts its value
  public <T> Optional<T> find(Field<?, T> field) {
    return Optional.ofNullable((T) read.get(field.name()));
  }

  /** The value; to be used where all was right. */
  public <T> T get(Field<?, T> field) {
    return find(field).orElseThrow();
  }

  /** Whether the text has the key. */
  public boolean isGiven(Field<?, ?> field) {
    return node.entries().containsKey(field.name());
  }

  /** Whether the text has the key in the map that is the field's value. */
  public boolean isGiven(Field<?, ?> field, String key) {
    return node.entry(field.name()).map(YamlNode.Entry::value).stream()
        .anyMatch(v -> v instanceof YamlNode.Mapping map && map.entry(key).isPresent());
  }

  /**
   * Tells that something does not fit.
   *
   * @param path from here, as {@code [1].listen}; empty for the object itself
   */
  public void problem(String path, String message, String hint) {
    problems.add(node.find(path), message, hint);
  }
}
