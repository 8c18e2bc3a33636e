package dev.bumpless.manifest;

import dev.bumpless.manifest.Port.Protocol;
import dev.bumpless.manifest.shape.ChoiceShape;
import dev.bumpless.manifest.shape.Field;
import dev.bumpless.manifest.shape.Keywords;
import dev.bumpless.manifest.shape.ListShape;
import dev.bumpless.manifest.shape.ObjectShapeBuilder;
import dev.bumpless.manifest.shape.Shape;
import dev.bumpless.manifest.shape.Texts;
import dev.bumpless.manifest.shape.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What entries of {@code ports} and {@code health} and the key {@code probe} look like. */
final class TrafficShape {
  private TrafficShape() {}

  static Shape<Port> port() {
    var of = new ObjectShapeBuilder<Port>();
    var address =
        of.optional(
            "address",
            Texts.matching("an IPv4 address", Port.ADDRESS, 15, "for example 192.0.2.10")
                .optional(),
            Port::address,
            Optional.empty(),
            "Where it listens; none: the device's default, 0.0.0.0.");
    var listen = of.required("listen", Limits.PORT, Port::listen, "Port that clients connect to.");
    var container =
        of.required("container", ContainerShape.label(), Port::container, "Who answers.");
    var target = of.required("target", Limits.PORT, Port::target, "Port in the container.");
    var protocol =
        of.required(
            "protocol", protocol(), Port::protocol, "What the router understands of the bytes.");
    return of.build(
        v ->
            new Port(
                v.get(address), v.get(listen), v.get(container), v.get(target), v.get(protocol)));
  }

  private static Shape<Protocol> protocol() {
    Map<String, Protocol> words = new LinkedHashMap<>();
    words.put("http", Protocol.HTTP);
    words.put("modbus", Protocol.MODBUS);
    words.put("tcp", Protocol.TCP);
    return new ChoiceShape<>(
        words,
        Map.of("udp", "until then leave this port out: the router carries http, modbus and tcp"));
  }

  static Shape<HealthCheck> health() {
    var of = new ObjectShapeBuilder<HealthCheck>();
    var container =
        of.required(
            "container", ContainerShape.label(), HealthCheck::container, "Which one is asked.");
    var http =
        of.optional(
            "http",
            Texts.matching("a path such as /healthz", HealthCheck.HTTP_PATH, Limits.PATH_LENGTH, "")
                .optional(),
            h -> h instanceof HealthCheck.Http c ? Optional.of(c.path()) : Optional.empty(),
            Optional.empty(),
            "GET of this path answers 200 to 399; needs `port`.");
    var port =
        of.optional(
            "port",
            Limits.PORT.optional(),
            h -> h instanceof HealthCheck.Http c ? Optional.of(c.port()) : Optional.empty(),
            Optional.empty(),
            "Port in the container that `http` asks.");
    var tcp =
        of.optional(
            "tcp",
            Limits.PORT.optional(),
            h -> h instanceof HealthCheck.Tcp c ? Optional.of(c.port()) : Optional.empty(),
            Optional.empty(),
            "Port in the container that takes a connection.");
    var exec =
        of.optional(
            "exec",
            ListShape.of(Texts.any(Limits.TEXT_LENGTH), 1, Limits.ARGUMENTS).optional(),
            h -> h instanceof HealthCheck.Exec c ? Optional.of(c.command()) : Optional.empty(),
            Optional.empty(),
            "Command in the container that ends with 0.");
    of.refuse("modbus", "Modbus checks come with a later release: until then check by tcp or exec");
    of.check(v -> checkOneKind(v, http, port, tcp, exec));
    of.alsoInSchema(
        Keywords.of(
            "oneOf",
            List.of(
                Keywords.of("required", List.of("http", "port")),
                Keywords.of("required", List.of("tcp")),
                Keywords.of("required", List.of("exec"))),
            "dependentRequired",
            Keywords.of("port", List.of("http"))));
    return of.build(
        v ->
            v.get(http)
                .<HealthCheck>map(
                    path -> new HealthCheck.Http(v.get(container), v.get(port).orElseThrow(), path))
                .or(() -> v.get(tcp).map(p -> new HealthCheck.Tcp(v.get(container), p)))
                .or(() -> v.get(exec).map(c -> new HealthCheck.Exec(v.get(container), c)))
                .orElseThrow());
  }

  private static void checkOneKind(
      Values values,
      Field<HealthCheck, ?> http,
      Field<HealthCheck, ?> port,
      Field<HealthCheck, ?> tcp,
      Field<HealthCheck, ?> exec) {
    long kinds = List.of(http, tcp, exec).stream().filter(values::isGiven).count();
    if (kinds != 1) {
      values.problem(
          "",
          "a health check has one of http, tcp and exec, and this one has " + kinds,
          "{ container: web, http: /healthz, port: 8080 } or { container: web, tcp: 8080 }");
    } else if (values.isGiven(http) != values.isGiven(port)) {
      values.problem(
          "",
          values.isGiven(http) ? "http needs a port" : "only http takes a port of its own",
          "{ container: web, http: /healthz, port: 8080 } or { container: web, tcp: 8080 }");
    }
  }

  static Shape<ProbePolicy> probe() {
    var of = new ObjectShapeBuilder<ProbePolicy>();
    ProbePolicy usual = ProbePolicy.DEFAULT;
    var interval =
        of.optional(
            "interval",
            Limits.INTERVAL,
            ProbePolicy::interval,
            usual.interval(),
            "Between probes.");
    var timeout =
        of.optional(
            "timeout", Limits.TIMEOUT, ProbePolicy::timeout, usual.timeout(), "Of one probe.");
    var healthyAfter =
        of.optional(
            "healthyAfter",
            Limits.HEALTHY_AFTER,
            ProbePolicy::healthyAfter,
            usual.healthyAfter(),
            "Passes in a row that are needed.");
    var startWithin =
        of.optional(
            "startWithin",
            Limits.START_WITHIN,
            ProbePolicy::startWithin,
            usual.startWithin(),
            "From start to healthy; beyond it the swap fails.");
    return of.build(
        v ->
            new ProbePolicy(
                v.get(interval), v.get(timeout), v.get(healthyAfter), v.get(startWithin)));
  }
}
