package dev.bumpless.manifest;

import dev.bumpless.manifest.StatePolicy.ReadOnly;
import dev.bumpless.manifest.UpgradePolicy.Overlap;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Ways by chance in which an app may be swapped: every one fits the containers and ports. */
final class RandomSwaps {
  /** Never skipped, so that something is left to copy. */
  private static final RegisterRange KEPT = RegisterRange.parse("holding 0-9");

  private final Chance chance;
  private final List<Container> containers;
  private final List<Port> ports;
  private final int replicas;

  RandomSwaps(Chance chance, List<Container> containers, List<Port> ports, int replicas) {
    this.chance = chance;
    this.containers = containers;
    this.ports = ports;
    this.replicas = replicas;
  }

  record Swap(UpgradePolicy upgrade, List<StatePolicy> state, Optional<Compare> compare) {}

  Swap next() {
    if (replicas > 1) {
      Strategy strategy = chance.pick(List.of(Strategy.values()));
      return new Swap(
          upgrade(strategy, Overlap.FULL, List.of(), List.of()),
          List.of(new StatePolicy.SharedVolume()),
          Optional.empty());
    }
    Overlap overlap = chance.pick(List.of(Overlap.values()));
    List<Hook> promote = chance.some(3, this::hook);
    if (overlap == Overlap.STANDBY && promote.isEmpty()) {
      promote = List.of(hook());
    }
    List<Hook> demote = promote.isEmpty() ? List.of() : chance.some(2, this::hook);
    List<StatePolicy> state = state(overlap);
    return new Swap(
        upgrade(Strategy.BLUE_GREEN, overlap, promote, demote),
        state,
        overlap == Overlap.NONE ? Optional.empty() : chance.maybe(() -> compare(state)));
  }

  private UpgradePolicy upgrade(
      Strategy strategy, Overlap overlap, List<Hook> promote, List<Hook> demote) {
    int slowest =
        ports.stream()
            .map(p -> p.modbus().orElse(ModbusLimits.DEFAULT))
            .mapToInt(m -> (int) m.answer().toMillis())
            .max()
            .orElse(0);
    return new UpgradePolicy(
        strategy,
        overlap,
        chance.ms(slowest + 1, 60_000),
        chance.ms(0, 86_400_000),
        chance.ms(1, 604_800_000),
        chance.maybe(() -> chance.ms(1, 60_000)),
        promote,
        demote);
  }

  private Hook hook() {
    return new Hook(container(), command());
  }

  private String container() {
    return chance.pick(containers).name();
  }

  private List<String> command() {
    return chance.pick(List.of(List.of("save"), List.of("sh", "-c", "a: b"), List.of("", "yes")));
  }

  private List<StatePolicy> state(Overlap overlap) {
    List<StatePolicy> state = new ArrayList<>();
    boolean exclusive = overlap == Overlap.NONE && volumesCanBeExclusive() && chance.heads();
    state.add(exclusive ? new StatePolicy.ExclusiveVolume() : new StatePolicy.SharedVolume());
    if (overlap != Overlap.NONE) {
      List<StatePolicy> execs =
          chance.some(2, () -> new StatePolicy.Exec(container(), command(), command()));
      state.addAll(execs);
      state.addAll(chance.some(2, () -> new StatePolicy.Http(container(), 8080, "/state?a=b")));
      modbusPort().ifPresent(p -> state.add(0, modbus(p, !execs.isEmpty())));
    }
    return state;
  }

  private boolean volumesCanBeExclusive() {
    List<Container.Volume> written =
        containers.stream().flatMap(c -> c.volumes().stream()).filter(v -> !v.readOnly()).toList();
    return !written.isEmpty() && written.stream().noneMatch(Container.Volume::isHostPath);
  }

  private Optional<Port> modbusPort() {
    return ports.stream().filter(p -> p.protocol() == Port.Protocol.MODBUS).findFirst();
  }

  private StatePolicy modbus(Port port, boolean hasExec) {
    List<RegisterRange> copy =
        Stream.concat(Stream.of(KEPT), chance.some(3, () -> range("coils", "holding")).stream())
            .distinct()
            .toList();
    return new StatePolicy.Modbus(
        Optional.of(port.listen()),
        new TreeSet<>(List.of(chance.number(256), chance.number(256))),
        copy,
        copy.size() == 1
            ? List.of()
            : chance.different(2, () -> part(chance.pick(copy.subList(1, copy.size())))),
        chance.different(2, () -> part(chance.pick(copy))),
        hasExec ? chance.pick(List.of(ReadOnly.values())) : ReadOnly.IGNORE);
  }

  /** Past those that are kept. */
  private RegisterRange range(String... tables) {
    int first = 10 + chance.number(60_000);
    int last = first + chance.pick(List.of(0, 1, 500));
    return RegisterRange.parse(chance.pick(List.of(tables)) + " " + first + "-" + last);
  }

  private RegisterRange part(RegisterRange of) {
    int first = of.first() + chance.number(of.count());
    return new RegisterRange(of.table(), first, of.last());
  }

  private Compare compare(List<StatePolicy> state) {
    boolean modbus = state.stream().anyMatch(StatePolicy.Modbus.class::isInstance);
    List<RegisterRange> read =
        modbus
            ? chance.different(3, () -> range("coils", "holding", "input", "discrete"))
            : List.of();
    return new Compare(
        chance.ms(1000, 3_600_000),
        read,
        read.isEmpty() ? List.of() : chance.different(2, () -> part(chance.pick(read))),
        modbus ? chance.some(2, this::document) : List.of(document()));
  }

  private Compare.Document document() {
    return new Compare.Document(
        container(),
        1 + chance.number(65535),
        "/status",
        chance.different(2, () -> chance.pick(List.of("ETag", "X-Version"))),
        chance.different(2, () -> chance.pick(List.of("/a/0", "/a~1b", "/", "/ü: x"))));
  }
}
