package dev.bumpless.agent.swap;

import static dev.bumpless.agent.swap.Apps.PUMP;
import static dev.bumpless.agent.swap.Apps.key;
import static dev.bumpless.agent.swap.Apps.release;
import static dev.bumpless.agent.swap.Apps.run;
import static dev.bumpless.agent.swap.Slot.BLUE;
import static dev.bumpless.agent.swap.Slot.GREEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.AppReport.StepTime;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Revision;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Whole swaps on a device of fakes. */
class ReconcilerTest {
  private final Device device = new Device();

  private Desired install() throws IOException {
    Desired first = run(1, release(1), 1);
    device.order(first);
    device.runToEnd(first);
    return first;
  }

  @Test
  void firstInstallServesFromBlue() throws IOException {
    Desired first = run(1, release(1), 1);
    device.order(first);

    AppReport end = device.runToEnd(first);

    assertThat(end.phase()).isEqualTo(Phase.COMMITTED);
    assertThat(end.serving()).contains(new Revision(release(1).id(), 1));
    assertThat(end.slot()).contains("blue");
    assertThat(device.router.serving(PUMP)).containsExactly(key(BLUE, 0));
    assertThat(device.engine.isRestartedByEngine(key(BLUE, 0))).isTrue();
    assertThat(device.reporter.phases(first.order().id()))
        .containsExactly(
            Phase.PREFLIGHT,
            Phase.PULLING,
            Phase.STAGED,
            Phase.STARTING,
            Phase.PROBING,
            Phase.SWITCHING,
            Phase.BAKING,
            Phase.COMMITTED);
  }

  @Test
  void upgradeGoesToTheOtherSlotAndRemovesTheOldOne() throws IOException {
    install();
    Desired second = run(2, release(2), 1);
    device.order(second);

    AppReport end = device.runToEnd(second);

    assertThat(end.phase()).isEqualTo(Phase.COMMITTED);
    assertThat(end.slot()).contains("green");
    assertThat(end.hold()).isPresent();
    assertThat(end.gap()).contains(Duration.ofMillis(3));
    assertThat(end.steps())
        .extracting(StepTime::name)
        .containsExactly(
            "PREFLIGHT", "PULLING", "STAGED", "STARTING", "PROBING", "SWITCHING", "BAKING");
    assertThat(device.engine.observed())
        .extracting(ObservedContainer::instance)
        .containsExactly(key(GREEN, 0));
    assertThat(device.gaps.running()).isEmpty();
  }

  @Test
  void releaseThatNeverGetsHealthyIsRolledBackWithTheCauseAndNothingIsTouched() throws IOException {
    install();
    device.engine.behave(2, Behaviour.NEVER_HEALTHY);
    Desired second = run(2, release(2), 1);
    device.order(second);

    AppReport end = device.runToEnd(second);

    assertThat(end.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(end.message())
        .contains("not healthy within 60 s")
        .contains("answered 500")
        .contains("pump@1 serves from blue");
    assertThat(device.router.flips()).hasSize(1);
    assertThat(device.engine.observed())
        .extracting(ObservedContainer::instance)
        .containsExactly(key(BLUE, 0));
  }

  @Test
  void releaseThatDiesInItsBakeIsRolledBack() throws IOException {
    install();
    device.engine.behave(2, Behaviour.diesAfter(Duration.ofSeconds(8)));
    Desired second = run(2, release(2), 1);
    device.order(second);

    AppReport end = device.runToEnd(second);

    assertThat(end.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(end.message()).contains("restarted 1 time");
    assertThat(device.router.serving(PUMP)).containsExactly(key(BLUE, 0));
    assertThat(device.engine.observed())
        .extracting(ObservedContainer::instance)
        .containsExactly(key(BLUE, 0));
  }
}
