package dev.bumpless.manifest.shape;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A key of an object.
 *
 * @param <O> the object
 * @param <T> the value
 * @param fallback its value where the key is left out; empty where it must be given
 * @param doc what it is for, one line
 */
public record Field<O, T>(
    String name, Shape<T> shape, Function<O, T> getter, Optional<T> fallback, String doc) {

  public boolean isRequired() {
    return fallback.isEmpty();
  }

  /** Its default as it would be written; empty where there is none, or it says nothing. */
  public Optional<Object> writtenDefault() {
    return fallback.filter(f -> !saysNothing(f)).map(shape::write);
  }

  Object written(O object) {
    return shape.write(getter.apply(object));
  }

  /** Whether the object has nothing to say here: it reads the same without the key. */
  boolean isSilent(O object) {
    T value = getter.apply(object);
    return fallback.equals(Optional.of(value)) && saysNothing(value);
  }

  private boolean saysNothing(T value) {
    if (value instanceof Optional || value instanceof Boolean || value instanceof Number) {
      return value.equals(Optional.empty())
          || value.equals(false)
          || (value instanceof Number n && n.doubleValue() == 0);
    }
    Object written = shape.write(value);
    return (written instanceof Collection<?> c && c.isEmpty())
        || (written instanceof Map<?, ?> m && m.isEmpty());
  }
}
