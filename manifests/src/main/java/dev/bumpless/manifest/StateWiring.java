package dev.bumpless.manifest;

import dev.bumpless.manifest.StatePolicy.Modbus;
import dev.bumpless.manifest.UpgradePolicy.Overlap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether the entries of {@code state} fit each other and the rest. */
final class StateWiring {
  private final Misfits misfits = new Misfits();
  private final List<StatePolicy> state;

  private StateWiring(List<StatePolicy> state) {
    this.state = state;
  }

  /** How the entries go together and with the upgrade. */
  static List<Misfit> of(int replicas, UpgradePolicy upgrade, List<StatePolicy> state) {
    StateWiring wiring = new StateWiring(state);
    Set<StateKind> seen = EnumSet.noneOf(StateKind.class);
    for (int i = 0; i < state.size(); i++) {
      StateKind kind = StateKind.of(state.get(i));
      wiring.count(place(i), kind, !seen.add(kind));
      wiring.upgrade(place(i), state.get(i), replicas, upgrade);
    }
    return wiring.misfits.list();
  }

  private static String place(int index) {
    return "state[" + index + "]";
  }

  private void count(String path, StateKind kind, boolean again) {
    if (kind == StateKind.NONE && state.size() > 1) {
      misfits.tell(
          path,
          "kind none says that nothing is carried over, and is not alone",
          "take it off, or the others");
    } else if (again && kind == StateKind.VOLUME) {
      misfits.tell(path, "a second entry of kind volume", "one entry is for all volumes");
    } else if (again && kind == StateKind.MODBUS) {
      misfits.tell(
          path,
          "a second entry of kind modbus: one server of an app is copied",
          "name all its units and ranges in one entry, or make an app of each server");
    }
  }

  private void upgrade(String path, StatePolicy entry, int replicas, UpgradePolicy upgrade) {
    StateKind kind = StateKind.of(entry);
    boolean exclusive = entry instanceof StatePolicy.ExclusiveVolume;
    boolean never = upgrade.overlap() == Overlap.NONE;
    boolean asks = kind != StateKind.NONE && kind != StateKind.VOLUME;
    if (exclusive && !never) {
      misfits.tell(
          path + ".mode",
          "volumes of one slot's own are copied while neither runs, and upgrade.overlap is "
              + upgrade.overlap(),
          "set upgrade: { overlap: none, hold: 5s }, the hold as long as stop, copy and start take");
    } else if (never && asks) {
      misfits.tell(
          path,
          kind + " asks both versions, and with overlap none they never run together",
          "have the app keep its state in a volume: { kind: volume, mode: exclusive }, or take"
              + " another overlap");
    }
    if (asks || exclusive) {
      misfits.isForOne(path, kind + " carries the state of", replicas, upgrade);
    }
  }

  /** The containers and ports that they name. */
  static List<Misfit> ofPlaces(
      List<Container> containers, List<Port> ports, List<StatePolicy> state) {
    StateWiring wiring = new StateWiring(state);
    for (int i = 0; i < state.size(); i++) {
      StatePolicy entry = state.get(i);
      if (entry instanceof StatePolicy.Exec exec) {
        wiring.misfits.exists(place(i) + ".container", exec.container(), containers);
      } else if (entry instanceof StatePolicy.Http http) {
        wiring.misfits.isReachable(place(i) + ".container", http.container(), containers);
      } else if (entry instanceof Modbus modbus) {
        wiring.server(place(i), modbus, ports);
      } else if (entry instanceof StatePolicy.ExclusiveVolume) {
        wiring.volumes(place(i), containers);
      }
    }
    return wiring.misfits.list();
  }

  private void volumes(String path, List<Container> containers) {
    boolean some =
        containers.stream()
            .flatMap(c -> c.volumes().stream())
            .anyMatch(v -> !v.isHostPath() && !v.readOnly());
    if (!some) {
      misfits.tell(
          path,
          "mode exclusive copies named volumes, and no container writes to one",
          "give a container volumes: [ \"data:/data\" ], or take the entry off");
    }
  }

  private void server(String path, Modbus modbus, List<Port> ports) {
    List<Port> all = ports.stream().filter(p -> p.protocol() == Port.Protocol.MODBUS).toList();
    List<Port> meant =
        all.stream().filter(p -> modbus.listen().map(l -> l == p.listen()).orElse(true)).toList();
    if (all.isEmpty()) {
      misfits.tell(
          path,
          "kind modbus copies the server behind a port of protocol modbus, and there is none",
          "give one: ports: [ { listen: 502, container: plc, target: 502, protocol: modbus } ]");
    } else if (meant.isEmpty()) {
      misfits.tell(
          path + ".listen",
          "no port of protocol modbus listens on " + modbus.listen().orElseThrow(),
          "expected one of " + listening(all));
    } else if (modbus.listen().isEmpty() && all.size() > 1) {
      misfits.tell(
          path,
          "there are " + all.size() + " ports of protocol modbus",
          "name the one that leads to the server by listen: one of " + listening(all));
    } else if (meant.stream().anyMatch(p -> !leadsWhere(p, meant.get(0)))) {
      misfits.tell(
          path + ".listen",
          meant.size() + " ports listen on " + meant.get(0).listen() + " and lead elsewhere",
          "have the one that is meant listen on another port");
    } else {
      isSeen(meant.get(0), ports);
    }
  }

  /** What is written past the router's understanding would be missing in the copy. */
  private void isSeen(Port server, List<Port> ports) {
    for (int i = 0; i < ports.size(); i++) {
      Port port = ports.get(i);
      if (leadsWhere(port, server) && port.protocol() == Port.Protocol.TCP) {
        misfits.tell(
            "ports[" + i + "].protocol",
            "this port leads to the server that kind modbus copies, and what is written by it"
                + " cannot be seen",
            "take protocol modbus, or take the port off");
      }
    }
  }

  private static boolean leadsWhere(Port one, Port other) {
    return one.container().equals(other.container()) && one.target() == other.target();
  }

  private static String listening(List<Port> ports) {
    return ports.stream()
        .map(p -> String.valueOf(p.listen()))
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** What is copied, left out and brought by others. */
  static List<Misfit> ofValues(List<StatePolicy> state, Optional<Compare> compare) {
    StateWiring wiring = new StateWiring(state);
    for (int i = 0; i < state.size(); i++) {
      if (state.get(i) instanceof Modbus modbus) {
        wiring.values(place(i), modbus, Compare.divergence(compare));
      }
    }
    return wiring.misfits.list();
  }

  private void values(String path, Modbus modbus, List<RegisterRange> divergence) {
    RegisterSet copied = new RegisterSet(modbus.copy());
    arePartOf(copied, path + ".skip", modbus.skip());
    arePartOf(copied, path + ".volatile", modbus.changing());
    if (copied.remove(modbus.skip()).remove(divergence).isEmpty()) {
      misfits.tell(
          path + ".copy",
          "nothing is left to copy",
          "take something out of skip and of compare.expectDivergence, or take the entry off");
    }
    if (modbus.readOnly() == StatePolicy.ReadOnly.EXEC
        && state.stream().noneMatch(StatePolicy.Exec.class::isInstance)) {
      misfits.tell(
          path + ".readOnly",
          "input registers and discrete inputs are to be brought by an entry of kind exec, and"
              + " there is none",
          "add { kind: exec, container: plc, export: [ save ], import: [ load ] }, or say readOnly:"
              + " ignore");
    }
  }

  private void arePartOf(RegisterSet copied, String path, List<RegisterRange> ranges) {
    String key = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    for (int i = 0; i < ranges.size(); i++) {
      if (!copied.overlaps(ranges.get(i))) {
        misfits.tell(
            path + "[" + i + "]",
            "'%s' is no part of copy".formatted(ranges.get(i)),
            key + " names values of copy alone: correct it, or take it off");
      }
    }
  }
}
