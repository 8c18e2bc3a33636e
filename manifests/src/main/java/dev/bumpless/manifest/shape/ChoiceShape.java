package dev.bumpless.manifest.shape;

import dev.bumpless.manifest.yaml.Problem;
import dev.bumpless.manifest.yaml.Problems;
import dev.bumpless.manifest.yaml.YamlNode;
import dev.bumpless.manifest.yaml.YamlNode.Scalar;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One of some words.
 *
 * @param words what may be written, in the order in which they are told
 * @param notYet words that a later release brings, and what to do until then
 */
public record ChoiceShape<T>(Map<String, T> words, Map<String, String> notYet) implements Shape<T> {

  private static final int MAX_TOLD = 12;

  public ChoiceShape {
    words = Collections.unmodifiableMap(new LinkedHashMap<>(words));
    notYet = Map.copyOf(notYet);
  }

  public ChoiceShape(Map<String, T> words) {
    this(words, Map.of());
  }

  @Override
  public Optional<T> read(YamlNode node, Problems problems) {
    String word = node instanceof Scalar s ? s.text() : "";
    if (words.containsKey(word) && isText(node)) {
      return Optional.of(words.get(word));
    }
    if (notYet.containsKey(word)) {
      problems.add(
          node.place(), Problem.quote(word) + " comes with a later release", notYet.get(word));
    } else {
      String found = node instanceof Scalar ? Problem.quote(word) : node.kind();
      problems.add(
          node.place(),
          "expected " + expected() + ", found " + found,
          Nearest.hint(word, words.keySet()));
    }
    return Optional.empty();
  }

  private static boolean isText(YamlNode node) {
    return node instanceof Scalar s && s.type() == Scalar.Type.TEXT;
  }

  @Override
  public Object write(T value) {
    return words.entrySet().stream()
        .filter(e -> e.getValue().equals(value))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(value + " comes with a later release"));
  }

  @Override
  public Map<String, Object> schema() {
    return Keywords.of("enum", new ArrayList<>(words.keySet()));
  }

  @Override
  public String expected() {
    List<String> all = List.copyOf(words.keySet());
    return all.size() == 1
        ? all.get(0)
        : all.size() > MAX_TOLD
            ? "one of " + String.join(", ", all.subList(0, MAX_TOLD)) + " …"
            : "one of " + String.join(", ", all);
  }
}
