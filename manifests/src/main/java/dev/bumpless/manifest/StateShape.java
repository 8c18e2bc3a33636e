package dev.bumpless.manifest;

import dev.bumpless.manifest.StatePolicy.ReadOnly;
import dev.bumpless.manifest.shape.ChoiceShape;
import dev.bumpless.manifest.shape.Field;
import dev.bumpless.manifest.shape.Keywords;
import dev.bumpless.manifest.shape.ListShape;
import dev.bumpless.manifest.shape.ObjectShapeBuilder;
import dev.bumpless.manifest.shape.Shape;
import dev.bumpless.manifest.shape.Texts;
import dev.bumpless.manifest.shape.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/** What entries of {@code state} look like: which keys there are depends on the kind. */
final class StateShape {
  private static final Shape<List<String>> COMMAND =
      ListShape.of(Texts.any(Limits.TEXT_LENGTH), 1, Limits.ARGUMENTS);

  private final ObjectShapeBuilder<StatePolicy> of = new ObjectShapeBuilder<>();
  private final List<Field<StatePolicy, ?>> keys = new ArrayList<>();

  private final Field<StatePolicy, StateKind> kind =
      of.required("kind", kind(), StateKind::of, "What is carried over in a swap.");
  private final Field<StatePolicy, Optional<Mode>> mode =
      key(
          "mode",
          mode(),
          Mode::of,
          "With kind volume: both slots mount the same volumes and both write (shared), or each has"
              + " its own, which are copied (exclusive; needs overlap none).");
  private final Field<StatePolicy, Optional<Integer>> listen =
      key(
          "listen",
          Limits.PORT,
          ofModbus(m -> m.listen()),
          "With kind modbus: the port of protocol modbus that leads to the server; needed where"
              + " there are several.");
  private final Field<StatePolicy, Optional<SortedSet<Integer>>> units =
      key(
          "units",
          units(),
          ofModbus(m -> Optional.of(m.units())),
          "With kind modbus: the unit ids that are copied.");
  private final Field<StatePolicy, Optional<List<RegisterRange>>> copy =
      key(
          "copy",
          RegisterShape.writable(1),
          ofModbus(m -> Optional.of(m.copy())),
          "With kind modbus: coils and holding registers that both versions shall have alike.");
  private final Field<StatePolicy, Optional<List<RegisterRange>>> skip =
      key(
          "skip",
          RegisterShape.writable(0),
          ofModbus(m -> given(m.skip())),
          "With kind modbus: part of `copy` that is never written, because that would act on the"
              + " plant.");
  private final Field<StatePolicy, Optional<List<RegisterRange>>> changing =
      key(
          "volatile",
          RegisterShape.writable(0),
          ofModbus(m -> given(m.changing())),
          "With kind modbus: part of `copy` that the app changes by itself; read again in the"
              + " hold.");
  private final Field<StatePolicy, Optional<ReadOnly>> readOnly =
      key(
          "readOnly",
          readOnly(),
          ofModbus(m -> Optional.of(m.readOnly())),
          "With kind modbus: input registers and discrete inputs are left to the field (ignore), or"
              + " brought by an entry of kind exec (exec).");
  private final Field<StatePolicy, Optional<String>> container =
      key(
          "container",
          ContainerShape.label(),
          StateShape::container,
          "With kind exec: where both commands run. With kind http: who is asked.");
  private final Field<StatePolicy, Optional<List<String>>> exporting =
      key(
          "export",
          COMMAND,
          s -> s instanceof StatePolicy.Exec e ? Optional.of(e.exporting()) : Optional.empty(),
          "With kind exec: command in the old version that writes its state to standard output.");
  private final Field<StatePolicy, Optional<List<String>>> importing =
      key(
          "import",
          COMMAND,
          s -> s instanceof StatePolicy.Exec e ? Optional.of(e.importing()) : Optional.empty(),
          "With kind exec: command in the new version that reads it from standard input.");
  private final Field<StatePolicy, Optional<Integer>> port =
      key(
          "port",
          Limits.PORT,
          s -> s instanceof StatePolicy.Http h ? Optional.of(h.port()) : Optional.empty(),
          "With kind http: port in the container.");
  private final Field<StatePolicy, Optional<String>> path =
      key(
          "path",
          HealthShape.path(),
          s -> s instanceof StatePolicy.Http h ? Optional.of(h.path()) : Optional.empty(),
          "With kind http: answers GET with the state and an ETag, and takes it by PUT.");

  private StateShape() {}

  static Shape<StatePolicy> state() {
    StateShape shape = new StateShape();
    shape.of.check(shape::checkKeys);
    shape.of.alsoInSchema(
        Keywords.of("allOf", Arrays.stream(StateKind.values()).map(shape::keysOf).toList()));
    return shape.of.build(shape::read);
  }

  private enum Mode {
    SHARED,
    EXCLUSIVE;

    static Optional<Mode> of(StatePolicy state) {
      return switch (StateKind.of(state)) {
        case VOLUME -> Optional.of(state instanceof StatePolicy.SharedVolume ? SHARED : EXCLUSIVE);
        case NONE, MODBUS, EXEC, HTTP -> Optional.empty();
      };
    }
  }

  private <T> Field<StatePolicy, Optional<T>> key(
      String name, Shape<T> shape, Function<StatePolicy, Optional<T>> getter, String doc) {
    var key = of.optional(name, shape.optional(), getter, Optional.empty(), doc);
    keys.add(key);
    return key;
  }

  private StatePolicy read(Values v) {
    return switch (v.get(kind)) {
      case NONE -> new StatePolicy.None();
      case VOLUME ->
          v.get(mode).orElseThrow() == Mode.SHARED
              ? new StatePolicy.SharedVolume()
              : new StatePolicy.ExclusiveVolume();
      case MODBUS ->
          new StatePolicy.Modbus(
              v.get(listen),
              v.get(units).orElseThrow(),
              v.get(copy).orElseThrow(),
              v.get(skip).orElse(List.of()),
              v.get(changing).orElse(List.of()),
              v.get(readOnly).orElseThrow());
      case EXEC ->
          new StatePolicy.Exec(
              v.get(container).orElseThrow(),
              v.get(exporting).orElseThrow(),
              v.get(importing).orElseThrow());
      case HTTP ->
          new StatePolicy.Http(
              v.get(container).orElseThrow(), v.get(port).orElseThrow(), v.get(path).orElseThrow());
    };
  }

  private void checkKeys(Values values) {
    values.find(kind).ifPresent(k -> keys.forEach(key -> checkKey(values, k, key)));
  }

  private static void checkKey(Values values, StateKind kind, Field<StatePolicy, ?> key) {
    if (values.isGiven(key) && !kind.takes(key.name())) {
      values.problem(key.name(), "%s takes no '%s'".formatted(kind, key.name()), "take it off");
    } else if (!values.isGiven(key) && kind.needs(key.name())) {
      values.problem("", "%s needs '%s'".formatted(kind, key.name()), kind.hint(key.name()));
    }
  }

  private Object keysOf(StateKind kind) {
    Map<String, Object> none = new LinkedHashMap<>();
    keys.stream().map(Field::name).filter(k -> !kind.takes(k)).forEach(k -> none.put(k, false));
    return Keywords.of(
        "if",
        Keywords.of("properties", Keywords.of("kind", Keywords.of("const", kind.word()))),
        "then",
        Keywords.of("required", kind.needed(), "properties", none));
  }

  private static <T> Function<StatePolicy, Optional<T>> ofModbus(
      Function<StatePolicy.Modbus, Optional<T>> of) {
    return s -> s instanceof StatePolicy.Modbus m ? of.apply(m) : Optional.empty();
  }

  private static <T> Optional<List<T>> given(List<T> list) {
    return list.isEmpty() ? Optional.empty() : Optional.of(list);
  }

  private static Optional<String> container(StatePolicy state) {
    if (state instanceof StatePolicy.Exec exec) {
      return Optional.of(exec.container());
    }
    return state instanceof StatePolicy.Http http
        ? Optional.of(http.container())
        : Optional.empty();
  }

  private static Shape<StateKind> kind() {
    Map<String, StateKind> words = new LinkedHashMap<>();
    Arrays.stream(StateKind.values()).forEach(k -> words.put(k.word(), k));
    return new ChoiceShape<>(words);
  }

  private static Shape<Mode> mode() {
    Map<String, Mode> words = new LinkedHashMap<>();
    words.put("shared", Mode.SHARED);
    words.put("exclusive", Mode.EXCLUSIVE);
    return new ChoiceShape<>(words);
  }

  private static Shape<ReadOnly> readOnly() {
    Map<String, ReadOnly> words = new LinkedHashMap<>();
    words.put("ignore", ReadOnly.IGNORE);
    words.put("exec", ReadOnly.EXEC);
    return new ChoiceShape<>(words);
  }

  private static Shape<SortedSet<Integer>> units() {
    return new ListShape<>(Limits.UNIT, 1, StatePolicy.Modbus.MOST_UNITS, true)
        .as(TreeSet::new, List::copyOf);
  }
}
