package dev.bumpless.manifest.shape;

import dev.bumpless.manifest.yaml.Problems;
import dev.bumpless.manifest.yaml.YamlNode;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * How one kind of value is read, written and described. Shapes are immutable and any thread may use
 * them.
 *
 * <p>For every value that a shape reads, reading what {@link #write} gives for it gives an equal
 * value, and {@link #schema} accepts it.
 */
public interface Shape<T> {

  /** The value; empty when something was wrong, which {@code problems} then tells. */
  Optional<T> read(YamlNode node, Problems problems);

  /** Made of maps, lists, text, numbers and booleans. */
  Object write(T value);

  /** JSON Schema, draft 2020-12, made of maps, lists, text, numbers and booleans. */
  Map<String, Object> schema();

  /** For messages and the reference, with its article: {@code a duration such as 30s}. */
  String expected();

  /** The keys of an object, or of the objects in a list. */
  default Optional<ObjectShape<?>> keys() {
    return Optional.empty();
  }

  /** The same text for another type; what {@code to} throws of a bad value becomes a problem. */
  default <R> Shape<R> as(Function<T, R> to, Function<R, T> from) {
    return new ConvertedShape<>(this, to, from);
  }

  /** For a key that may be left out and has no default. */
  default Shape<Optional<T>> optional() {
    return new ConvertedShape<>(this, Optional::of, Optional::orElseThrow);
  }
}
