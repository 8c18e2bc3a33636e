package dev.bumpless.manifest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Apps by chance, the same for the same seed: every one is right, and lint finds no error. */
final class RandomApps {
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "yes",
          "No",
          "true",
          "null",
          "~",
          "0",
          "010",
          "0x1f",
          "0o7",
          "1e3",
          ".inf",
          "1:20",
          "2026-01-01",
          "a: b",
          "- a",
          "#",
          "a #b",
          "'",
          "\"",
          "\\",
          "\n",
          "a\nb\n",
          "\t",
          "\r",
          "%",
          "@",
          "`",
          "{}",
          "[]",
          "*a",
          "&a",
          "!a",
          "|",
          ">",
          "?",
          ": ",
          "ü漢🏭",
          "\u0007",
          "\u0085",
          "\u2028",
          "\ufeff",
          "\u007f",
          "=",
          "<<",
          "---",
          "...",
          "1_000",
          "+1",
          "-",
          "a:",
          ":a");

  private final Chance chance;

  RandomApps(long seed) {
    chance = new Chance(seed);
  }

  App next() {
    int count = 1 + chance.number(4);
    List<Container> containers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      containers.add(container(i));
    }
    List<Port> ports = ports(containers);
    int replicas = chance.heads() ? 1 : 1 + chance.number(App.MAX_REPLICAS);
    RandomSwaps.Swap swap = new RandomSwaps(chance, containers, ports, replicas).next();
    return new App(
        new AppName("app-" + chance.number(1000)),
        containers,
        ports,
        chance.some(3, () -> health(containers)),
        probe(),
        replicas,
        swap.upgrade(),
        swap.state(),
        swap.compare(),
        SecurityPolicy.STANDARD,
        waivers());
  }

  private static Set<String> waivers() {
    Set<String> all = new TreeSet<>();
    Arrays.stream(Rule.values()).filter(Rule::isWaivable).forEach(r -> all.add(r.id()));
    return all;
  }

  private Container container(int i) {
    Set<String> earlier = new TreeSet<>();
    for (int j = 0; j < i; j++) {
      if (chance.heads()) {
        earlier.add("c" + j);
      }
    }
    Map<String, String> env = new TreeMap<>();
    chance.some(4, this::text).forEach(t -> env.put("V" + chance.number(100), t));
    return new Container(
        "c" + i,
        image(),
        chance.some(3, this::text),
        chance.some(3, this::text),
        chance.maybe(() -> "/w" + chance.number(9)),
        env,
        volumes(),
        List.copyOf(
            new TreeSet<>(chance.some(2, () -> "/dev/tty" + chance.number(9)))
                .stream().map(d -> new Container.Device(d, true)).toList()),
        new Container.Resources(
            chance.heads() ? 0 : (6144L + chance.number((1 << 30) - 6144)) << 10,
            chance.heads() ? 0 : 0.01 + chance.number(1000) / 100.0,
            1 + chance.number(32768)),
        security(),
        earlier);
  }

  private List<Container.Volume> volumes() {
    List<Container.Volume> volumes = new ArrayList<>();
    for (int i = 0; i < chance.number(3); i++) {
      String source = chance.heads() ? "data" + i : "/srv/data " + i;
      volumes.add(new Container.Volume(source, "/data" + i, chance.heads()));
    }
    return volumes;
  }

  private Container.Security security() {
    return chance.number(3) == 0
        ? Container.Security.DEFAULT
        : new Container.Security(
            chance.heads(),
            new TreeSet<>(
                chance.some(2, () -> chance.pick(List.of("NET_RAW", "KILL", "SYS_ADMIN", "ALL")))),
            new TreeSet<>(chance.some(2, () -> chance.pick(List.of("CHOWN", "FOWNER")))),
            chance.maybe(() -> chance.pick(List.of("1000", "1000:1000", "node", "10:20", "0"))),
            chance.heads(),
            false);
  }

  private ImageRef image() {
    String name =
        chance.pick(
            List.of("nginx", "a/b", "localhost/x", "127.0.0.1:5000/a/b", "r.example:443/a-b/c_d"));
    ImageRef image = ImageRef.parse(name + chance.pick(List.of("", ":1", ":latest", ":0.20.8-v8")));
    return chance.heads() ? image : image.withDigest("sha256:%064x".formatted(chance.number(9)));
  }

  private List<Port> ports(List<Container> containers) {
    List<Port> ports = new ArrayList<>();
    for (int i = 0; i < chance.number(4); i++) {
      Port.Protocol protocol = chance.pick(List.of(Port.Protocol.values()));
      ports.add(
          new Port(
              chance.maybe(() -> "127.0.0." + chance.number(256)),
              100 + i,
              chance.pick(containers).name(),
              1 + chance.number(65535),
              protocol,
              protocol == Port.Protocol.MODBUS ? chance.maybe(this::modbus) : Optional.empty(),
              protocol == Port.Protocol.UDP ? chance.maybe(this::udp) : Optional.empty()));
    }
    return ports;
  }

  private UdpFlows udp() {
    return new UdpFlows(chance.ms(1, 900_000), chance.pick(List.of(UdpFlows.Moves.values())));
  }

  private ModbusLimits modbus() {
    return new ModbusLimits(chance.ms(1, 59_000), 1 + chance.number(256));
  }

  private HealthCheck health(List<Container> containers) {
    String container = chance.pick(containers).name();
    int port = 1 + chance.number(65535);
    return switch (chance.number(4)) {
      case 0 ->
          new HealthCheck.Http(container, port, chance.pick(List.of("/", "/a?b=c&d", "/x:y~z")));
      case 1 -> new HealthCheck.Tcp(container, port);
      case 2 -> new HealthCheck.Modbus(container, port, chance.number(256), chance.number(65536));
      default -> new HealthCheck.Exec(container, List.of(text(), text()));
    };
  }

  private ProbePolicy probe() {
    return chance.heads()
        ? ProbePolicy.DEFAULT
        : new ProbePolicy(
            chance.ms(10, 300_000),
            chance.ms(10, 300_000),
            1 + chance.number(100),
            chance.ms(100, 3_600_000));
  }

  private String text() {
    return chance.number(20) == 0 ? "x".repeat(chance.number(2000)) : chance.pick(TEXTS);
  }
}
