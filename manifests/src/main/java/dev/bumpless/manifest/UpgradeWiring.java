package dev.bumpless.manifest;

import dev.bumpless.manifest.UpgradePolicy.Overlap;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
import java.util.ArrayList;
import java.util.List;

/** Whether the way in which a new release takes over fits the rest, and itself. */
final class UpgradeWiring {
  private final Misfits misfits = new Misfits();

  private UpgradeWiring() {}

  static List<Misfit> of(int replicas, UpgradePolicy upgrade) {
    UpgradeWiring wiring = new UpgradeWiring();
    wiring.replicas(replicas, upgrade);
    wiring.hooks(replicas, upgrade);
    if (upgrade.gap().isPresent() && upgrade.bake().isZero()) {
      wiring.misfits.tell(
          "upgrade.gap",
          "the gap is known after the flip, and with bake 0s nothing is left to go back to",
          "set upgrade.bake, or take off the gap");
    }
    return wiring.misfits.list();
  }

  private void replicas(int replicas, UpgradePolicy upgrade) {
    boolean rolling = upgrade.strategy() == Strategy.ROLLING;
    if (rolling && replicas < 2) {
      misfits.tell(
          "upgrade.strategy",
          "a rolling upgrade needs 2 replicas or more, and there is " + replicas,
          "set replicas, or take strategy blue-green");
    }
    if (rolling && upgrade.overlap() != Overlap.FULL) {
      misfits.tell(
          "upgrade.overlap",
          "a rolling upgrade has instances of both versions serve at once, and overlap %s forbids it"
              .formatted(upgrade.overlap()),
          "take overlap full, or strategy blue-green");
    } else if (upgrade.overlap() == Overlap.NONE) {
      misfits.isForOne("upgrade.overlap", "overlap none stops and starts", replicas, upgrade);
    }
  }

  private void hooks(int replicas, UpgradePolicy upgrade) {
    boolean promotes = !upgrade.promote().isEmpty();
    if (upgrade.overlap() == Overlap.STANDBY && !promotes) {
      misfits.tell(
          "upgrade.overlap",
          "with overlap standby the new version starts passive, and nothing promotes it",
          "give upgrade.promote: [ { container: app, exec: [ command ] } ], or take overlap full");
    } else if (!upgrade.demote().isEmpty() && !promotes) {
      misfits.tell(
          "upgrade.demote",
          "the old version is demoted, and nothing promotes it again when the swap is given up or"
              + " goes back",
          "give upgrade.promote too");
    }
    if (upgrade.hasHooks()) {
      misfits.isForOne(
          promotes ? "upgrade.promote" : "upgrade.demote",
          "hooks promote and demote",
          replicas,
          upgrade);
    }
  }

  static List<Misfit> ofHooks(List<Container> containers, UpgradePolicy upgrade) {
    Misfits misfits = new Misfits();
    exist("upgrade.promote", upgrade.promote(), containers, misfits);
    exist("upgrade.demote", upgrade.demote(), containers, misfits);
    return misfits.list();
  }

  private static void exist(
      String path, List<Hook> hooks, List<Container> containers, Misfits misfits) {
    for (int i = 0; i < hooks.size(); i++) {
      misfits.exists(path + "[" + i + "].container", hooks.get(i).container(), containers);
    }
  }

  /**
   * What takes its time inside the hold, so that an operator has to say how long that may be. Asked
   * of a text without {@code upgrade.hold} alone: an app always has one.
   */
  static List<Misfit> withoutHold(UpgradePolicy upgrade, List<StatePolicy> state) {
    List<Misfit> needing = new ArrayList<>();
    if (upgrade.overlap() == Overlap.NONE) {
      needing.add(needing("upgrade.overlap", "overlap none stops and starts versions"));
    }
    if (!upgrade.promote().isEmpty()) {
      needing.add(needing("upgrade.promote", "hooks run"));
    }
    if (!upgrade.demote().isEmpty()) {
      needing.add(needing("upgrade.demote", "hooks run"));
    }
    for (int i = 0; i < state.size(); i++) {
      if (state.get(i) instanceof StatePolicy.Exec) {
        needing.add(needing("state[" + i + "]", "export and import run"));
      }
    }
    return needing;
  }

  private static Misfit needing(String path, String what) {
    return new Misfit(
        path,
        what + " inside the hold, and upgrade.hold is not given",
        "say how long requests may wait for it, for example upgrade: { hold: 2s }");
  }
}
