package dev.bumpless.agent.swap;

import static dev.bumpless.agent.swap.Apps.PUMP;
import static dev.bumpless.agent.swap.Apps.key;
import static dev.bumpless.agent.swap.Apps.run;
import static dev.bumpless.agent.swap.Apps.twin;
import static dev.bumpless.agent.swap.Slot.BLUE;
import static dev.bumpless.agent.swap.Slot.GREEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.manifest.UpgradePolicy;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Release;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A container that ends beside one that runs: as bad as if both had ended. */
@ExtendWith(QuietLogs.class)
class TwoContainersTest {
  private final Device device = new Device();

  private Desired bakeTwin() throws IOException {
    Desired first = run(1, twin(1), 1);
    device.order(first);
    device.runToEnd(first);
    Desired second = run(2, twin(2), 1);
    device.order(second);
    device.runTo(second, Phase.BAKING);
    return second;
  }

  @Test
  void containerThatEndsBesideOneThatRunsRollsItsBakeBack() throws IOException {
    device.engine.behave(2, Behaviour.diesAfter(Duration.ofSeconds(8)).onlyOf("db"));
    Desired second = bakeTwin();

    AppReport end = device.runToEnd(second);

    assertThat(end.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(end.message()).contains("container 'db' of green/0 was restarted 1 time");
    assertOnlyBlueServesWhole();
  }

  @Test
  void containerThatIsStoppedBesideOneThatRunsRollsItsBakeBack() throws IOException {
    Desired second = bakeTwin();
    device.engine.stopByHand(key(GREEN, 0), "db");
    device.event();

    AppReport end = device.runToEnd(second);

    assertThat(end.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(end.message()).contains("container 'db' of green/0 exited");
    assertOnlyBlueServesWhole();
  }

  private void assertOnlyBlueServesWhole() {
    assertThat(device.router.serving(PUMP)).containsExactly(key(BLUE, 0));
    assertThat(device.engine.observed())
        .hasSize(2)
        .allMatch(c -> c.instance().equals(key(BLUE, 0)) && c.isRunning());
    device.rules.checkAtRest(PUMP);
  }

  @Test
  void oldSlotThatLostAContainerTooIsMendedBeforeItServesAgain() throws IOException {
    Desired second = bakeTwin();
    device.engine.stopByHand(key(BLUE, 0), "db");
    device.engine.stopByHand(key(GREEN, 0), "db");
    device.event();

    assertThat(device.runToEnd(second).phase()).isEqualTo(Phase.ROLLED_BACK);
    assertOnlyBlueServesWhole();
  }

  @Test
  void oldSlotThatWasMendedLongAgoIsSeenAfreshOnTheWayBack() throws IOException {
    Desired first = run(1, baking(twin(1)), 1);
    device.order(first);
    device.runToEnd(first);
    Desired second = run(2, baking(twin(2)), 1);
    device.order(second);
    device.runTo(second, Phase.BAKING);
    device.engine.stopByHand(key(BLUE, 0), "db");
    device.event();
    device.pass(Duration.ofMinutes(2));
    device.engine.stopByHand(key(BLUE, 0), "web");
    device.engine.kill(key(GREEN, 0), "db");

    assertThat(device.runToEnd(second).phase()).isEqualTo(Phase.ROLLED_BACK);
    assertOnlyBlueServesWhole();
  }

  /** With a bake that is longer than what starts may take. */
  private static Release baking(Release release) {
    UpgradePolicy policy = release.app().upgrade();
    return Apps.release(
        Apps.with(
            release.app(),
            release.app().probe(),
            new UpgradePolicy(
                policy.strategy(),
                policy.overlap(),
                policy.hold(),
                policy.drain(),
                Duration.ofMinutes(5))),
        release.id().counter());
  }

  @Test
  void containerThatIsDownBesideOneThatRunsIsStartedAtRest() throws IOException {
    Desired first = run(1, twin(1), 1);
    device.order(first);
    device.runToEnd(first);
    device.pass(Duration.ofMinutes(1));

    device.engine.stopByHand(key(BLUE, 0), "db");
    device.event();
    device.pass(Duration.ofSeconds(5));

    assertOnlyBlueServesWhole();
    assertThat(device.router.flips()).hasSize(1);
  }

  @Test
  void containerThatWasRemovedBesideOneThatRunsIsPutUpAgainAtRest() throws IOException {
    Desired first = run(1, twin(1), 1);
    device.order(first);
    device.runToEnd(first);
    device.pass(Duration.ofMinutes(1));

    device.engine.removeByHand(key(BLUE, 0), "db");
    device.event();
    device.pass(Duration.ofMinutes(1));

    assertOnlyBlueServesWhole();
  }
}
