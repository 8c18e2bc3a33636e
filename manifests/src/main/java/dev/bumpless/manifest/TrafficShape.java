package dev.bumpless.manifest;

import dev.bumpless.manifest.Port.Protocol;
import dev.bumpless.manifest.shape.ChoiceShape;
import dev.bumpless.manifest.shape.Field;
import dev.bumpless.manifest.shape.Keywords;
import dev.bumpless.manifest.shape.ObjectShapeBuilder;
import dev.bumpless.manifest.shape.Shape;
import dev.bumpless.manifest.shape.Texts;
import dev.bumpless.manifest.shape.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What entries of {@code ports} and the key {@code probe} look like. */
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
    var modbus =
        of.optional(
            "modbus",
            modbus().optional(),
            Port::modbus,
            Optional.empty(),
            "With protocol modbus: how patient the router is.");
    var udp =
        of.optional(
            "udp",
            udp().optional(),
            Port::udp,
            Optional.empty(),
            "With protocol udp: what becomes of the flows of clients.");
    of.check(
        v -> {
          belongs(v, modbus, protocol, Protocol.MODBUS);
          belongs(v, udp, protocol, Protocol.UDP);
        });
    of.alsoInSchema(
        Keywords.of("allOf", List.of(onlyWith("modbus", "modbus"), onlyWith("udp", "udp"))));
    return of.build(
        v ->
            new Port(
                v.get(address),
                v.get(listen),
                v.get(container),
                v.get(target),
                v.get(protocol),
                v.get(modbus),
                v.get(udp)));
  }

  private static void belongs(
      Values values, Field<Port, ?> key, Field<Port, Protocol> protocol, Protocol needed) {
    if (values.isGiven(key) && values.find(protocol).stream().anyMatch(p -> p != needed)) {
      String name = needed.name().toLowerCase(Locale.ROOT);
      values.problem(
          name, "only protocol " + name + " takes the key '" + name + "'", "take it off");
    }
  }

  private static Object onlyWith(String key, String protocol) {
    return Keywords.of(
        "if", Keywords.of("required", List.of(key)),
        "then", Keywords.of("properties", Keywords.of("protocol", Keywords.of("const", protocol))));
  }

  private static Shape<UdpFlows> udp() {
    var of = new ObjectShapeBuilder<UdpFlows>();
    UdpFlows usual = UdpFlows.DEFAULT;
    var idle =
        of.optional(
            "idle",
            Limits.FLOW_IDLE,
            UdpFlows::idle,
            usual.idle(),
            "A flow without a datagram for so long is forgotten.");
    Map<String, UdpFlows.Moves> words = new LinkedHashMap<>();
    words.put("now", UdpFlows.Moves.NOW);
    words.put("idle", UdpFlows.Moves.IDLE);
    var moves =
        of.optional(
            "moves",
            new ChoiceShape<>(words),
            UdpFlows::moves,
            usual.moves(),
            "When a flow follows a flip: at once, or once it was idle or the drain is over.");
    return of.build(v -> new UdpFlows(v.get(idle), v.get(moves)));
  }

  private static Shape<ModbusLimits> modbus() {
    var of = new ObjectShapeBuilder<ModbusLimits>();
    ModbusLimits usual = ModbusLimits.DEFAULT;
    var answer =
        of.optional(
            "answer",
            Limits.ANSWER,
            ModbusLimits::answer,
            usual.answer(),
            "The longest that a request may take, shorter than `upgrade.hold`; then its master gets"
                + " exception 06.");
    var pipelined =
        of.optional(
            "pipelined",
            Limits.PIPELINED,
            ModbusLimits::pipelined,
            usual.pipelined(),
            "Requests of one connection that are under way at a time.");
    return of.build(v -> new ModbusLimits(v.get(answer), v.get(pipelined)));
  }

  private static Shape<Protocol> protocol() {
    Map<String, Protocol> words = new LinkedHashMap<>();
    words.put("http", Protocol.HTTP);
    words.put("modbus", Protocol.MODBUS);
    words.put("tcp", Protocol.TCP);
    words.put("udp", Protocol.UDP);
    return new ChoiceShape<>(words);
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
            "From start to healthy; beyond it the swap fails, unless the device was too busy to ask:"
                + " what answers is asked until it passed or fails.");
    return of.build(
        v ->
            new ProbePolicy(
                v.get(interval), v.get(timeout), v.get(healthyAfter), v.get(startWithin)));
  }
}
