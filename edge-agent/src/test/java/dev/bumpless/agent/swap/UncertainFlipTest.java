package dev.bumpless.agent.swap;

import static dev.bumpless.agent.swap.Apps.PUMP;
import static dev.bumpless.agent.swap.Apps.quick;
import static dev.bumpless.agent.swap.Apps.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.manifest.UpgradePolicy.Strategy;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Release;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The router's answer to a flip is lost, where one version stops for the other inside the hold. The
 * fakes watch that the two never run at once.
 */
@ExtendWith(QuietLogs.class)
class UncertainFlipTest {
  private final Device device = new Device();
  private final Desired second = run(2, alone(2), 1);
  private int flips;
  private int silences;
  private int stuck;

  private static Release alone(long counter) {
    return quick(
        Apps.release(Apps.alone(Apps.app(PUMP, counter, 1, Strategy.BLUE_GREEN, 1880)), counter));
  }

  @BeforeEach
  void boot() throws IOException {
    device.boot();
  }

  private void install(Release release) throws IOException {
    Desired first = run(1, release, 1);
    device.order(first);
    device.runToEnd(first);
  }

  /**
   * The first flip has no answer, nor have so many questions about the table after it.
   *
   * @param isDone whether the flip is done all the same
   */
  private void losing(boolean isDone, int tables) throws IOException {
    install(alone(1));
    device.calls.failing(
        call -> {
          boolean isFirstFlip = call.equals("router.flip") && flips++ == 0;
          boolean isSilent = call.equals("router.table") && flips > 0 && silences++ < tables;
          return isFirstFlip || isSilent
              ? Optional.of(new Calls.Failure(isFirstFlip && isDone, false, "no answer"))
              : Optional.empty();
        });
    device.order(second);
  }

  @Test
  void whatWasFlippedIsNotUndoneWhileTheRouterIsSilent() throws IOException {
    losing(true, 2);

    assertThat(device.runToEnd(second).phase()).isEqualTo(Phase.COMMITTED);
    assertThat(flips).isEqualTo(1);
    assertThat(silences).isGreaterThan(2);
    assertThat(device.router.flips()).hasSize(2);
  }

  @Test
  void whatWasNotFlippedIsUndoneAndTriedAgain() throws IOException {
    losing(false, 2);

    assertThat(device.runToEnd(second).phase()).isEqualTo(Phase.COMMITTED);
    assertThat(flips).isEqualTo(2);
  }

  @Test
  void aSilenceThatOutlastsTheHoldIsUndoneAndThenTheTableCounts() throws IOException {
    losing(true, 40);

    assertThat(device.runToEnd(second).phase()).isEqualTo(Phase.COMMITTED);
    assertThat(device.calls.log()).contains("engine.stop blue/0 web");
    assertThat(device.router.serving(PUMP)).extracting(InstanceKey::slot).containsOnly(Slot.GREEN);
  }

  @Test
  void whatNoUndoCouldStopIsStoppedBeforeAnOldOneThatAllowsOthersBesideItStartsAgain()
      throws IOException {
    install(quick(Apps.release(Apps.app(PUMP, 1, 1, Strategy.BLUE_GREEN, 1880), 1)));
    device.calls.failing(
        call -> {
          boolean isFirstFlip = call.equals("router.flip") && flips++ == 0;
          boolean isStuck =
              call.equals("engine.stop green/0 web") && stuck++ < ForwardPlan.MOST_TRIES;
          return isFirstFlip || isStuck
              ? Optional.of(new Calls.Failure(false, false, "no answer"))
              : Optional.empty();
        });
    device.order(second);

    assertThat(device.runToEnd(second).phase()).isEqualTo(Phase.ROLLED_BACK);
    device.pass(Duration.ofMinutes(5));
    assertThat(device.router.serving(PUMP)).extracting(InstanceKey::slot).containsOnly(Slot.BLUE);
    device.rules.checkAtRest(PUMP);
  }
}
