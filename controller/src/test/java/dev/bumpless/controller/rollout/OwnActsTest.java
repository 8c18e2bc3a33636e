package dev.bumpless.controller.rollout;

import static dev.bumpless.controller.rollout.Desk.PUMP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.controller.SomeApps;
import dev.bumpless.manifest.RolloutParser;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Phase;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the controller does by itself is in the audit. */
class OwnActsTest {
  private final Desk desk = new Desk();
  private final List<DeviceId> devices =
      IntStream.rangeClosed(1, 3).mapToObj(i -> desk.online("dev-" + i)).toList();

  @Test
  void onceForEachTurnOfTheCourseAndNotForEachDevice() {
    Rollout rollout = start("limits: { failures: 1 }\nwaves: [ { devices: 1 }, { percent: 100 } ]");
    says(0, Phase.COMMITTED);
    says(1, Phase.ROLLED_BACK);
    says(2, Phase.COMMITTED);

    String what = "rollout pump-1 (" + rollout.id() + ") of pump@1: ";
    assertThat(desk.audit.brief())
        .containsExactly(
            "controller OPEN WAVE " + what + "wave 2 of 2 OK",
            "controller FINISH " + what + "2 succeeded, 1 failed OK");
    assertThat(desk.audit.recent(1).get(0).entry().from()).isEqualTo("-");
  }

  @Test
  void withWhyItPausedAndOnlyOnce() {
    Rollout rollout = start("waves: [ { devices: 1 }, { percent: 100 } ]");
    says(0, Phase.ROLLED_BACK);
    desk.now = desk.now.plus(WaveRollouts.LOOK_EVERY);
    desk.rollouts.waves().tick(desk.now);

    assertThat(desk.audit.brief())
        .containsExactly(
            "controller PAUSE rollout pump-1 (%s) of pump@1: 1 failed, at most 0 may OK"
                .formatted(rollout.id()));
  }

  @Test
  void withWhyItWentBackAndByWhichRollout() {
    start("");
    devices.forEach(device -> desk.says(device, Phase.COMMITTED));
    tick();
    desk.audit.clear();

    startNamed("pump-2", 2, "onFailure: rollback");
    says(0, Phase.ROLLED_BACK);

    Rollout back = desk.rollouts.recent(Optional.of(PUMP), 1).get(0);
    assertThat(desk.audit.brief())
        .singleElement()
        .asString()
        .startsWith("controller ROLL BACK rollout pump-2 (")
        .endsWith(": 1 failed, at most 0 may; 3 devices go back with " + back.id() + " OK");
  }

  @Test
  void alsoWhereNoDeviceHasAWayBack() {
    start("onFailure: rollback");
    says(0, Phase.ROLLED_BACK);

    assertThat(desk.audit.brief())
        .singleElement()
        .asString()
        .endsWith("1 failed, at most 0 may; no device has a release to go back to OK");
  }

  private Rollout start(String lines) {
    return startNamed("pump-1", 1, lines);
  }

  private Rollout startNamed(String name, int tag, String lines) {
    String text =
        """
        apiVersion: bumpless.dev/v1
        kind: Rollout
        name: %s
        app: pump.yaml
        target: { all: true }
        %s
        """
            .formatted(name, lines);
    return desk.rollouts
        .waves()
        .start(
            new WaveRequest(
                RolloutParser.parse(text, "r.yaml"),
                Optional.of(SomeApps.app("pump", "reg.example/pump:" + tag, 502)),
                false),
            desk.now);
  }

  private void says(int device, Phase phase) {
    desk.says(devices.get(device), phase);
    tick();
  }

  private void tick() {
    desk.rollouts.waves().tick(desk.now);
  }
}
