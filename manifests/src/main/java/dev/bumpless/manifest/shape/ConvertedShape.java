package dev.bumpless.manifest.shape;

import dev.bumpless.manifest.yaml.Problems;
import dev.bumpless.manifest.yaml.YamlNode;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A shape under another type. */
record ConvertedShape<T, R>(Shape<T> inner, Function<T, R> to, Function<R, T> from)
    implements Shape<R> {

  @Override
  public Optional<R> read(YamlNode node, Problems problems) {
    Optional<T> value = inner.read(node, problems);
    try {
      return value.map(to);
    } catch (IllegalArgumentException e) {
      problems.add(node.place(), String.valueOf(e.getMessage()), "");
      return Optional.empty();
    }
  }

  @Override
  public Object write(R value) {
    return inner.write(from.apply(value));
  }

  @Override
  public Map<String, Object> schema() {
    return inner.schema();
  }

  @Override
  public Optional<ObjectShape<?>> keys() {
    return inner.keys();
  }

  @Override
  public String expected() {
    return inner.expected();
  }
}
