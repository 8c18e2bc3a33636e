package dev.bumpless.manifest;

import dev.bumpless.manifest.shape.Field;
import dev.bumpless.manifest.shape.Keywords;
import dev.bumpless.manifest.shape.ListShape;
import dev.bumpless.manifest.shape.ObjectShapeBuilder;
import dev.bumpless.manifest.shape.Shape;
import dev.bumpless.manifest.shape.Texts;
import dev.bumpless.manifest.shape.Values;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What entries of {@code health} look like. */
final class HealthShape {
  private static final String EXAMPLE =
      "{ container: web, http: /healthz, port: 8080 } or { container: web, tcp: 8080 }";

  private final ObjectShapeBuilder<HealthCheck> of = new ObjectShapeBuilder<>();
  private final Field<HealthCheck, String> container =
      of.required(
          "container", ContainerShape.label(), HealthCheck::container, "Which one is asked.");
  private final Field<HealthCheck, Optional<String>> http =
      of.optional(
          "http",
          path().optional(),
          h -> h instanceof HealthCheck.Http c ? Optional.of(c.path()) : Optional.empty(),
          Optional.empty(),
          "GET of this path answers 200 to 399; needs `port`.");
  private final Field<HealthCheck, Optional<Register>> modbus =
      of.optional(
          "modbus",
          register().optional(),
          h ->
              h instanceof HealthCheck.Modbus c
                  ? Optional.of(new Register(c.unit(), c.holding()))
                  : Optional.empty(),
          Optional.empty(),
          "This holding register of this unit can be read; needs `port`.");
  private final Field<HealthCheck, Optional<Integer>> port =
      of.optional(
          "port",
          Limits.PORT.optional(),
          HealthShape::portBeside,
          Optional.empty(),
          "Port in the container that `http` or `modbus` asks.");
  private final Field<HealthCheck, Optional<Integer>> tcp =
      of.optional(
          "tcp",
          Limits.PORT.optional(),
          h -> h instanceof HealthCheck.Tcp c ? Optional.of(c.port()) : Optional.empty(),
          Optional.empty(),
          "Port in the container that takes a connection.");
  private final Field<HealthCheck, Optional<List<String>>> exec =
      of.optional(
          "exec",
          ListShape.of(Texts.any(Limits.TEXT_LENGTH), 1, Limits.ARGUMENTS).optional(),
          h -> h instanceof HealthCheck.Exec c ? Optional.of(c.command()) : Optional.empty(),
          Optional.empty(),
          "Command in the container that ends with 0.");

  private HealthShape() {}

  /** What `modbus` holds. */
  private record Register(int unit, int holding) {}

  static Shape<HealthCheck> health() {
    HealthShape shape = new HealthShape();
    shape.of.check(shape::checkOneKind);
    shape.of.alsoInSchema(
        Keywords.of(
            "oneOf",
            List.of(
                Keywords.of("required", List.of("http", "port")),
                Keywords.of("required", List.of("modbus", "port")),
                Keywords.of("required", List.of("tcp"), "not", withPort()),
                Keywords.of("required", List.of("exec"), "not", withPort()))));
    return shape.of.build(shape::read);
  }

  static Shape<String> path() {
    return Texts.matching("a path such as /healthz", HealthCheck.HTTP_PATH, Limits.PATH_LENGTH, "");
  }

  private static Object withPort() {
    return Keywords.of("required", List.of("port"));
  }

  private static Shape<Register> register() {
    var of = new ObjectShapeBuilder<Register>();
    var unit = of.required("unit", Limits.UNIT, Register::unit, "Unit id.");
    var holding =
        of.required(
            "holding", Limits.REGISTER, Register::holding, "Holding register, counted from 0.");
    return of.build(v -> new Register(v.get(unit), v.get(holding)));
  }

  private static Optional<Integer> portBeside(HealthCheck check) {
    if (check instanceof HealthCheck.Http http) {
      return Optional.of(http.port());
    }
    return check instanceof HealthCheck.Modbus modbus
        ? Optional.of(modbus.port())
        : Optional.empty();
  }

  private HealthCheck read(Values v) {
    String who = v.get(container);
    return v.get(http)
        .<HealthCheck>map(path -> new HealthCheck.Http(who, v.get(port).orElseThrow(), path))
        .or(() -> v.get(modbus).map(r -> modbus(who, v.get(port).orElseThrow(), r)))
        .or(() -> v.get(tcp).map(p -> new HealthCheck.Tcp(who, p)))
        .or(() -> v.get(exec).map(command -> new HealthCheck.Exec(who, command)))
        .orElseThrow();
  }

  private static HealthCheck modbus(String container, int port, Register register) {
    return new HealthCheck.Modbus(container, port, register.unit(), register.holding());
  }

  private void checkOneKind(Values values) {
    long kinds = Stream.of(http, modbus, tcp, exec).filter(values::isGiven).count();
    boolean takesPort = values.isGiven(http) || values.isGiven(modbus);
    if (kinds != 1) {
      values.problem(
          "",
          "a health check has one of http, modbus, tcp and exec, and this one has " + kinds,
          EXAMPLE);
    } else if (takesPort != values.isGiven(port)) {
      values.problem(
          "",
          takesPort
              ? (values.isGiven(http) ? "http" : "modbus") + " needs a port"
              : "only http and modbus take a port of their own",
          EXAMPLE);
    }
  }
}
