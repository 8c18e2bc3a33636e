package dev.bumpless.agent.swap;

import static dev.bumpless.agent.swap.Apps.PUMP;
import static dev.bumpless.agent.swap.Apps.forced;
import static dev.bumpless.agent.swap.Apps.release;
import static dev.bumpless.agent.swap.Apps.retry;
import static dev.bumpless.agent.swap.Apps.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.AppReport.StepTime;
import dev.bumpless.protocol.Phase;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Orders for an app that somebody wants left as it is, on a device of fakes. */
@ExtendWith(QuietLogs.class)
class LeasedSwapTest {
  private static final Desired SECOND = run(2, release(2), 1);
  private static final Duration HOUR = Duration.ofHours(1);

  private final Device device = new Device();

  @BeforeEach
  void install() throws IOException {
    Desired first = run(1, release(1), 1);
    device.order(first);
    device.boot();
    device.runToEnd(first);
  }

  private AppReport waitFor(Desired order) throws IOException {
    assertThat(device.leases.take(PUMP, HOUR)).isTrue();
    device.order(order);
    return device.runTo(order, Phase.WAITING);
  }

  private void giveBack() {
    device.leases.giveBack(PUMP);
    device.event();
  }

  @Test
  void itIsStagedAndNothingIsMadeUntilTheLeaseIsGivenBack() throws IOException {
    AppReport waiting = waitFor(SECOND);

    assertThat(waiting.message())
        .startsWith("'batch-7' has an update lease until 2026-01-01T")
        .contains(
            "(tank 4 is being filled); to begin now: bumpless rollout force pump --device dev-1");
    assertThat(device.engine.observed()).hasSize(1);
    assertThat(device.calls.log()).anyMatch(call -> call.startsWith("images.pull"));
    giveBack();

    AppReport end = device.runToEnd(SECOND);
    assertThat(end.phase()).isEqualTo(Phase.COMMITTED);
    assertThat(end.steps()).extracting(StepTime::name).contains("WAITING");
  }

  @Test
  void itGoesOnAtTheVeryMomentAtWhichTheLeaseEnds() throws IOException {
    waitFor(SECOND);

    AppReport end = device.runToEnd(SECOND);

    Duration waited =
        end.steps().stream()
            .filter(step -> step.name().equals("WAITING"))
            .findFirst()
            .orElseThrow()
            .took();
    assertThat(waited).isBetween(HOUR.minusSeconds(1), HOUR.plusSeconds(1));
  }

  @Test
  void restartsOfTheAgentDoNotEndTheWait() throws IOException {
    waitFor(SECOND);
    for (int i = 0; i < 3 * ForwardPlan.MOST_LIVES; i++) {
      device.kill();
      device.boot();
      device.runUntil(() -> lives() > 1);
      device.runUntil(() -> lives() == 1);
    }

    assertThat(device.last(SECOND).orElseThrow().phase()).isEqualTo(Phase.WAITING);
    giveBack();
    assertThat(device.runToEnd(SECOND).phase()).isEqualTo(Phase.COMMITTED);
  }

  private int lives() {
    return device.journal.of(PUMP).flatMap(JournalEntry::swap).map(Swap::lives).orElse(0);
  }

  @Test
  void whatIsForcedBeginsAndLeavesTheLease() throws IOException {
    waitFor(SECOND);

    device.order(forced(3, SECOND));

    assertThat(device.runToEnd(SECOND).phase()).isEqualTo(Phase.COMMITTED);
    assertThat(device.leases.on(PUMP)).isPresent();
  }

  @Test
  void aStopWaitsToo() throws IOException {
    Desired stop = Apps.stop(2, PUMP);
    waitFor(stop);

    assertThat(device.router.serving(PUMP)).isNotEmpty();
    giveBack();
    assertThat(device.runToEnd(stop).phase()).isEqualTo(Phase.STOPPED);
  }

  @Test
  void whatTakesItsPlaceEndsTheWait() throws IOException {
    waitFor(SECOND);
    Desired same = run(3, release(1), 1);

    device.order(same);

    assertThat(device.runToEnd(same).phase()).isEqualTo(Phase.UNCHANGED);
    assertThat(device.last(SECOND).orElseThrow().phase()).isEqualTo(Phase.SUPERSEDED);
  }

  @Test
  void aLeaseDoesNotHoldBackTheWayBack() throws IOException {
    device.engine.behave(2, Behaviour.diesAfter(Duration.ofSeconds(10)));
    device.order(SECOND);
    device.runTo(SECOND, Phase.BAKING);
    assertThat(device.leases.take(PUMP, HOUR)).isTrue();

    assertThat(device.runToEnd(SECOND).phase()).isEqualTo(Phase.ROLLED_BACK);
  }

  @Test
  void nobodyIsGivenOneBetweenTheGateAndTheFlip() throws IOException {
    device.order(SECOND);
    device.runTo(SECOND, Phase.PROBING);

    assertThat(device.leases.take(PUMP, HOUR)).isFalse();
    device.runTo(SECOND, Phase.BAKING);
    assertThat(device.leases.take(PUMP, HOUR)).isTrue();
  }

  @Test
  void aSwapThatWentBackOpensTheDoorAgain() throws IOException {
    device.engine.behave(2, Behaviour.EXITS_AT_ONCE);
    device.order(SECOND);

    assertThat(device.runToEnd(SECOND).phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(device.leases.take(PUMP, HOUR)).isTrue();
  }

  @Test
  void aRetryOfTheSameRolloutIsTriedOnTheDeviceToo() throws IOException {
    device.engine.behave(2, Behaviour.EXITS_AT_ONCE);
    device.order(SECOND);
    device.runToEnd(SECOND);
    device.engine.behave(2, Behaviour.GOOD);

    Desired again = retry(3, SECOND, 2);
    device.order(again);

    device.runUntil(() -> device.last(again).filter(r -> r.phase() == Phase.COMMITTED).isPresent());
    assertThat(device.last(again).orElseThrow().revision().orElseThrow().attempt()).isEqualTo(2);
  }

  @Test
  void anEngineThatIsAwayIsLookedForAgainAndThatIsToldWithItsTime() throws IOException {
    device.calls.failing(
        call ->
            call.equals("engine.list")
                ? Optional.of(new Calls.Failure(false, false, "the engine is away"))
                : Optional.empty());
    device.order(SECOND);

    device.runUntil(
        () ->
            device
                .last(SECOND)
                .filter(
                    r -> r.message().startsWith("the engine is away; backing off, next look at 2"))
                .isPresent());
    device.calls.failing(call -> Optional.empty());
    assertThat(device.runToEnd(SECOND).phase()).isEqualTo(Phase.COMMITTED);
  }
}
