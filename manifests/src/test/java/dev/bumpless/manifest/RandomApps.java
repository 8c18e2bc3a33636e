package dev.bumpless.manifest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

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

  private final Random random;

  RandomApps(long seed) {
    random = new Random(seed);
  }

  App next() {
    int count = 1 + random.nextInt(4);
    List<Container> containers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      containers.add(container(i));
    }
    List<Port> ports = ports(containers);
    int replicas = 1 + random.nextInt(App.MAX_REPLICAS);
    return new App(
        new AppName("app-" + random.nextInt(1000)),
        containers,
        ports,
        some(3, () -> health(containers)),
        probe(),
        replicas,
        upgrade(replicas, ports),
        List.of(new StatePolicy.SharedVolume()),
        Optional.empty(),
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
      if (random.nextBoolean()) {
        earlier.add("c" + j);
      }
    }
    Map<String, String> env = new TreeMap<>();
    some(4, this::text).forEach(t -> env.put("V" + random.nextInt(100), t));
    return new Container(
        "c" + i,
        image(),
        some(3, this::text),
        some(3, this::text),
        maybe(() -> "/w" + random.nextInt(9)),
        env,
        volumes(),
        List.copyOf(
            new TreeSet<>(some(2, () -> "/dev/tty" + random.nextInt(9)))
                .stream().map(d -> new Container.Device(d, true)).toList()),
        new Container.Resources(
            random.nextBoolean() ? 0 : (6144L + random.nextInt((1 << 30) - 6144)) << 10,
            random.nextBoolean() ? 0 : 0.01 + random.nextInt(1000) / 100.0,
            1 + random.nextInt(32768)),
        security(),
        earlier);
  }

  private List<Container.Volume> volumes() {
    List<Container.Volume> volumes = new ArrayList<>();
    for (int i = 0; i < random.nextInt(3); i++) {
      String source = random.nextBoolean() ? "data" + i : "/srv/data " + i;
      volumes.add(new Container.Volume(source, "/data" + i, random.nextBoolean()));
    }
    return volumes;
  }

  private Container.Security security() {
    return random.nextInt(3) == 0
        ? Container.Security.DEFAULT
        : new Container.Security(
            random.nextBoolean(),
            new TreeSet<>(some(2, () -> pick(List.of("NET_RAW", "KILL", "SYS_ADMIN", "ALL")))),
            new TreeSet<>(some(2, () -> pick(List.of("CHOWN", "FOWNER")))),
            maybe(() -> pick(List.of("1000", "1000:1000", "node", "10:20", "0"))),
            random.nextBoolean(),
            false);
  }

  private ImageRef image() {
    String name =
        pick(List.of("nginx", "a/b", "localhost/x", "127.0.0.1:5000/a/b", "r.example:443/a-b/c_d"));
    ImageRef image = ImageRef.parse(name + pick(List.of("", ":1", ":latest", ":0.20.8-v8")));
    return random.nextBoolean()
        ? image
        : image.withDigest("sha256:%064x".formatted(random.nextInt(9)));
  }

  private List<Port> ports(List<Container> containers) {
    List<Port> ports = new ArrayList<>();
    for (int i = 0; i < random.nextInt(4); i++) {
      Port.Protocol protocol = pick(List.of(Port.Protocol.values()));
      ports.add(
          new Port(
              maybe(() -> "127.0.0." + random.nextInt(256)),
              100 + i,
              pick(containers).name(),
              1 + random.nextInt(65535),
              protocol,
              protocol == Port.Protocol.MODBUS ? maybe(this::modbus) : Optional.empty(),
              protocol == Port.Protocol.UDP ? maybe(this::udp) : Optional.empty()));
    }
    return ports;
  }

  private UdpFlows udp() {
    return new UdpFlows(ms(1, 900_000), pick(List.of(UdpFlows.Moves.values())));
  }

  private ModbusLimits modbus() {
    return new ModbusLimits(ms(1, 59_000), 1 + random.nextInt(256));
  }

  private HealthCheck health(List<Container> containers) {
    String container = pick(containers).name();
    int port = 1 + random.nextInt(65535);
    return switch (random.nextInt(4)) {
      case 0 -> new HealthCheck.Http(container, port, pick(List.of("/", "/a?b=c&d", "/x:y~z")));
      case 1 -> new HealthCheck.Tcp(container, port);
      case 2 -> new HealthCheck.Modbus(container, port, random.nextInt(256), random.nextInt(65536));
      default -> new HealthCheck.Exec(container, List.of(text(), text()));
    };
  }

  private ProbePolicy probe() {
    return random.nextBoolean()
        ? ProbePolicy.DEFAULT
        : new ProbePolicy(
            ms(10, 300_000), ms(10, 300_000), 1 + random.nextInt(100), ms(100, 3_600_000));
  }

  private UpgradePolicy upgrade(int replicas, List<Port> ports) {
    int slowest =
        ports.stream()
            .map(p -> p.modbus().orElse(ModbusLimits.DEFAULT))
            .mapToInt(m -> (int) m.answer().toMillis())
            .max()
            .orElse(0);
    return new UpgradePolicy(
        replicas > 1
            ? pick(List.of(UpgradePolicy.Strategy.values()))
            : UpgradePolicy.Strategy.BLUE_GREEN,
        UpgradePolicy.Overlap.FULL,
        ms(slowest + 1, 60_000),
        ms(0, 86_400_000),
        ms(0, 604_800_000));
  }

  /** Round ones as often as odd ones. */
  private Duration ms(int low, int high) {
    int ms = low + random.nextInt(high - low + 1);
    int step = pick(List.of(1, 1000, 60_000, 3_600_000));
    return Duration.ofMillis(ms - ms % step < low ? ms : ms - ms % step);
  }

  private String text() {
    return random.nextInt(20) == 0 ? "x".repeat(random.nextInt(2000)) : pick(TEXTS);
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  private <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextBoolean() ? Optional.empty() : Optional.of(value.get());
  }

  private <T> List<T> some(int max, Supplier<T> value) {
    List<T> values = new ArrayList<>();
    int count = random.nextInt(max + 1);
    for (int i = 0; i < count; i++) {
      values.add(value.get());
    }
    return values;
  }
}
