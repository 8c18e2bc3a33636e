package dev.bumpless.manifest.shape;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Describes an object key by key, in the order in which they are to be written. */
public final class ObjectShapeBuilder<T> {
  final List<Field<T, ?>> fields = new ArrayList<>();
  final Map<String, String> refused = new LinkedHashMap<>();
  final Map<String, Object> alsoInSchema = new LinkedHashMap<>();
  Consumer<Values> check = values -> {};

  /** A key that must be given. */
  public <F> Field<T, F> required(String name, Shape<F> shape, Function<T, F> getter, String doc) {
    return add(new Field<>(name, shape, getter, Optional.empty(), doc));
  }

  /** A key that may be left out. */
  public <F> Field<T, F> optional(
      String name, Shape<F> shape, Function<T, F> getter, F fallback, String doc) {
    return add(new Field<>(name, shape, getter, Optional.of(fallback), doc));
  }

  private <F> Field<T, F> add(Field<T, F> field) {
    fields.add(field);
    return field;
  }

  /** A key that somebody may well try, and what to do instead. */
  public ObjectShapeBuilder<T> refuse(String name, String instead) {
    refused.put(name, instead);
    return this;
  }

  /** Run on what was right, before anything is built, to tell what does not fit together. */
  public ObjectShapeBuilder<T> check(Consumer<Values> whatFits) {
    check = whatFits;
    return this;
  }

  /** What the keys alone do not say, in the words of JSON Schema. */
  public ObjectShapeBuilder<T> alsoInSchema(Map<String, Object> keywords) {
    alsoInSchema.putAll(keywords);
    return this;
  }

  /** The build function is called when there was no problem. */
  public ObjectShape<T> build(Function<Values, T> build) {
    return new ObjectShape<>(this, build);
  }
}
