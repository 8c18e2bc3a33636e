package dev.bumpless.manifest.shape;

import dev.bumpless.manifest.yaml.Problem;
import dev.bumpless.manifest.yaml.Problems;
import dev.bumpless.manifest.yaml.YamlNode;
import dev.bumpless.manifest.yaml.YamlNode.Mapping;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** A map with known keys, made into a record. Built by {@link ObjectShapeBuilder}. */
public final class ObjectShape<T> implements Shape<T> {
  private final List<Field<T, ?>> fields;
  private final Map<String, String> refused;
  private final Map<String, Object> alsoInSchema;
  private final Consumer<Values> check;
  private final Function<Values, T> build;

  ObjectShape(ObjectShapeBuilder<T> of, Function<Values, T> build) {
    this.fields = List.copyOf(of.fields);
    this.refused = Map.copyOf(of.refused);
    this.alsoInSchema = Collections.unmodifiableMap(new LinkedHashMap<>(of.alsoInSchema));
    this.check = of.check;
    this.build = build;
  }

  /** In the order in which they are written. */
  public List<Field<T, ?>> fields() {
    return fields;
  }

  @Override
  public Optional<T> read(YamlNode node, Problems problems) {
    if (!(node instanceof Mapping map)) {
      problems.add(node.place(), "expected " + expected() + ", found " + node.kind(), "");
      return Optional.empty();
    }
    int before = problems.count();
    refuseUnknownKeys(map, problems);
    Map<String, Object> read = new HashMap<>();
    fields.forEach(f -> readField(f, map, problems).ifPresent(v -> read.put(f.name(), v)));
    Values values = new Values(map, read, problems);
    check.accept(values);
    return problems.count() == before ? build(values, map, problems) : Optional.empty();
  }

  private static Optional<?> readField(Field<?, ?> field, Mapping map, Problems problems) {
    YamlNode.Entry entry = map.entries().get(field.name());
    if (entry != null) {
      return field.shape().read(entry.value(), problems);
    }
    if (field.isRequired()) {
      problems.add(
          map.place(),
          "the key '" + field.name() + "' is missing",
          "expected " + field.shape().expected());
    }
    return field.fallback();
  }

  private void refuseUnknownKeys(Mapping map, Problems problems) {
    List<String> known = fields.stream().<String>map(Field::name).toList();
    map.entries()
        .forEach(
            (key, entry) -> {
              if (refused.containsKey(key)) {
                problems.add(
                    entry.key(), Problem.quote(key) + " is not taken here", refused.get(key));
              } else if (!known.contains(key)) {
                problems.add(entry.key(), "unknown key " + Problem.quote(key), hint(key, known));
              }
            });
  }

  private static String hint(String key, List<String> known) {
    String nearest = Nearest.hint(key, known);
    return nearest.isEmpty() ? "expected one of " + String.join(", ", known) : nearest;
  }

  private Optional<T> build(Values values, Mapping map, Problems problems) {
    try {
      return Optional.of(build.apply(values));
    } catch (IllegalArgumentException e) {
      problems.add(map.place(), String.valueOf(e.getMessage()), "");
      return Optional.empty();
    }
  }

  @Override
  public Object write(T value) {
    Map<String, Object> written = new LinkedHashMap<>();
    for (Field<T, ?> field : fields) {
      if (!field.isSilent(value)) {
        written.put(field.name(), field.written(value));
      }
    }
    return written;
  }

  @Override
  public Map<String, Object> schema() {
    Map<String, Object> properties = new LinkedHashMap<>();
    fields.forEach(f -> properties.put(f.name(), described(f)));
    List<String> required = new ArrayList<>();
    fields.stream().filter(Field::isRequired).forEach(f -> required.add(f.name()));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    schema.put("additionalProperties", false);
    schema.putAll(alsoInSchema);
    return schema;
  }

  private static Map<String, Object> described(Field<?, ?> field) {
    Map<String, Object> schema = new LinkedHashMap<>();
    String values = field.shape().keys().isEmpty() ? " (" + field.shape().expected() + ")" : "";
    schema.put("description", field.doc() + values);
    field.writtenDefault().ifPresent(d -> schema.put("default", d));
    schema.putAll(field.shape().schema());
    return schema;
  }

  @Override
  public Optional<ObjectShape<?>> keys() {
    return Optional.of(this);
  }

  @Override
  public String expected() {
    return "a map of keys";
  }
}
