package dev.bumpless.manifest;

import dev.bumpless.manifest.StatePolicy.Modbus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether {@code compare} has something to ask, and somebody. */
final class CompareWiring {
  private final Misfits misfits = new Misfits();
  private final Compare compare;

  private CompareWiring(Compare compare) {
    this.compare = compare;
  }

  static List<Misfit> of(int replicas, UpgradePolicy upgrade, Compare compare) {
    CompareWiring wiring = new CompareWiring(compare);
    wiring.misfits.isForOne("compare", "compare asks", replicas, upgrade);
    if (upgrade.overlap() == UpgradePolicy.Overlap.NONE) {
      wiring.misfits.tell(
          "compare",
          "compare asks both versions, and with overlap none they never run together",
          "take it off, or take another overlap");
    }
    return wiring.misfits.list();
  }

  static List<Misfit> ofPlaces(List<Container> containers, Compare compare) {
    CompareWiring wiring = new CompareWiring(compare);
    for (int i = 0; i < compare.http().size(); i++) {
      wiring.misfits.isReachable(
          "compare.http[" + i + "].container", compare.http().get(i).container(), containers);
    }
    return wiring.misfits.list();
  }

  static List<Misfit> ofValues(List<StatePolicy> state, Compare compare) {
    CompareWiring wiring = new CompareWiring(compare);
    Optional<Modbus> server =
        state.stream().filter(Modbus.class::isInstance).map(Modbus.class::cast).findFirst();
    server.ifPresentOrElse(wiring::values, wiring::withoutServer);
    return wiring.misfits.list();
  }

  private void values(Modbus server) {
    List<RegisterRange> asked = new ArrayList<>(server.copy());
    asked.addAll(compare.read());
    RegisterSet all = new RegisterSet(asked);
    for (int i = 0; i < compare.expectDivergence().size(); i++) {
      RegisterRange range = compare.expectDivergence().get(i);
      if (!all.overlaps(range)) {
        misfits.tell(
            "compare.expectDivergence[" + i + "]",
            "'%s' is neither copied nor read".formatted(range),
            "name values of state's copy or of compare.read: correct it, or take it off");
      }
    }
  }

  private void withoutServer() {
    needsServer("compare.read", compare.read());
    needsServer("compare.expectDivergence", compare.expectDivergence());
    if (compare.read().isEmpty()
        && compare.expectDivergence().isEmpty()
        && compare.http().isEmpty()) {
      misfits.tell(
          "compare",
          "nothing is compared: there is no state of kind modbus, and compare.http is empty",
          "give http: [ { container: app, port: 8080, path: /status } ]");
    }
  }

  private void needsServer(String path, List<RegisterRange> ranges) {
    if (!ranges.isEmpty()) {
      misfits.tell(
          path,
          "an entry of state of kind modbus names the units and the port to read from, and there"
              + " is none",
          "add one, or take " + path + " off");
    }
  }
}
