package dev.bumpless.agent.swap;

import static dev.bumpless.agent.swap.Apps.PUMP;
import static dev.bumpless.agent.swap.Apps.cancelled;
import static dev.bumpless.agent.swap.Apps.forced;
import static dev.bumpless.agent.swap.Apps.inside;
import static dev.bumpless.agent.swap.Apps.release;
import static dev.bumpless.agent.swap.Apps.retry;
import static dev.bumpless.agent.swap.Apps.run;
import static dev.bumpless.agent.swap.Apps.saidAgain;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.manifest.Opening;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Phase;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Orders that may begin inside of a window alone, or that are taken back, on a device of fakes. */
@ExtendWith(QuietLogs.class)
class WindowedSwapTest {
  private static final Opening NIGHT =
      new Opening(Instant.parse("2026-01-01T02:00:00Z"), Instant.parse("2026-01-01T04:00:00Z"));
  private static final Opening NEXT =
      new Opening(Instant.parse("2026-01-01T12:00:00Z"), Instant.parse("2026-01-01T14:00:00Z"));
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Desired SECOND = inside(2, run(2, release(2), 1), NIGHT);

  private final Device device = new Device();

  @BeforeEach
  void install() throws IOException {
    Desired first = run(1, release(1), 1);
    device.order(first);
    device.boot();
    device.runToEnd(first);
  }

  private AppReport stage() throws IOException {
    device.order(SECOND);
    return device.runTo(SECOND, Phase.WAITING);
  }

  private boolean isSaid(String message) {
    return device.last(SECOND).filter(r -> r.message().startsWith(message)).isPresent();
  }

  private void passTo(Instant moment) throws IOException {
    device.pass(Duration.between(device.ticker.steady(), moment));
  }

  private long flips() {
    return device.calls.log().stream().filter(call -> call.equals("router.flip")).count();
  }

  @Test
  void itIsStagedBeforeAndBeginsByItselfAtTheVeryMomentAtWhichTheWindowOpens() throws IOException {
    AppReport waiting = stage();

    assertThat(waiting.message())
        .isEqualTo(
            "staged, waits for its window, which opens at 2026-01-01T02:00:00Z;"
                + " to begin now: bumpless rollout force pump --device dev-1");
    assertThat(device.calls.log()).anyMatch(call -> call.startsWith("images.pull"));
    assertThat(device.engine.observed()).hasSize(1);
    passTo(NIGHT.from().minusSeconds(1));
    assertThat(device.engine.observed()).hasSize(1);

    device.runTo(SECOND, Phase.PROBING);
    assertThat(device.ticker.wall()).isBetween(NIGHT.from(), NIGHT.from().plusSeconds(3));
    assertThat(device.runToEnd(SECOND).phase()).isEqualTo(Phase.COMMITTED);
  }

  @Test
  void insideItBeginsAtOnce() throws IOException {
    passTo(NIGHT.from());
    device.order(SECOND);

    assertThat(device.runToEnd(SECOND).phase()).isEqualTo(Phase.COMMITTED);
  }

  @Test
  void onceTheWindowIsOverItBeginsInTheNextThatItIsToldOf() throws IOException {
    stage();
    assertThat(device.leases.take(PUMP, Duration.ofHours(5))).isTrue();
    device.runUntil(() -> isSaid("'batch-7' has an update lease"));
    device.runUntil(
        () ->
            isSaid(
                "staged, but its window was over at 2026-01-01T04:00:00Z before it began; waits"));
    passTo(NIGHT.until().plus(HOUR.multipliedBy(2)));
    assertThat(device.engine.observed()).hasSize(1);

    Desired again = inside(3, SECOND, NEXT);
    device.order(again);
    device.runUntil(() -> isSaid("staged, waits for its window, which opens at 2026-01-01T12"));
    assertThat(device.runToEnd(again).phase()).isEqualTo(Phase.COMMITTED);
    assertThat(device.ticker.wall()).isBetween(NEXT.from(), NEXT.until());
  }

  @Test
  void whatHasBegunInsideGoesOnToItsEnd() throws IOException {
    device.ticker.advanceTo(NIGHT.until().minusSeconds(10));
    device.order(SECOND);

    assertThat(device.runToEnd(SECOND).phase()).isEqualTo(Phase.COMMITTED);
    assertThat(device.ticker.wall()).isAfter(NIGHT.until());
  }

  @Test
  void whatIsForcedWaitsForNoWindow() throws IOException {
    stage();
    device.order(forced(3, SECOND));

    assertThat(device.runToEnd(SECOND).phase()).isEqualTo(Phase.COMMITTED);
    assertThat(device.ticker.wall()).isBefore(NIGHT.from());
  }

  @Test
  void restartsOfTheAgentDoNotEndTheWait() throws IOException {
    stage();
    for (int i = 0; i < 3 * ForwardPlan.MOST_LIVES; i++) {
      device.kill();
      device.boot();
      device.pass(Duration.ofMinutes(1));
    }
    assertThat(device.last(SECOND).orElseThrow().phase()).isEqualTo(Phase.WAITING);

    assertThat(device.runToEnd(SECOND).phase()).isEqualTo(Phase.COMMITTED);
  }

  @Test
  void whatServesIsLookedAfterMeanwhile() throws IOException {
    stage();
    InstanceKey serving = device.router.serving(PUMP).first();
    long probes = probes();
    device.pass(Duration.ofMinutes(10));
    assertThat(probes() - probes).isBetween(15L, 30L);

    device.engine.stopByHand(serving);
    device.event();
    device.runUntil(() -> device.engine.observed().get(0).isRunning());
    device.engine.removeByHand(serving, "web");
    device.event();
    device.runUntil(() -> device.engine.observed().stream().anyMatch(c -> c.isRunning()));

    assertThat(device.ticker.wall()).isBefore(NIGHT.from());
    assertThat(device.last(SECOND).orElseThrow().phase()).isEqualTo(Phase.WAITING);
    assertThat(device.runToEnd(SECOND).phase()).isEqualTo(Phase.COMMITTED);
  }

  private long probes() {
    return device.calls.log().stream().filter(call -> call.startsWith("probe blue/0")).count();
  }

  @Test
  void anEngineThatIsAwayForLongDoesNotEndTheWait() throws IOException {
    stage();
    InstanceKey serving = device.router.serving(PUMP).first();
    device.engine.stopByHand(serving);
    device.event();
    device.calls.failing(
        call ->
            call.startsWith("engine.start") || call.startsWith("engine.find")
                ? Optional.of(new Calls.Failure(false, false, "the engine is ill"))
                : Optional.empty());
    device.pass(HOUR);
    device.calls.failing(call -> Optional.empty());

    assertThat(device.runToEnd(SECOND).phase()).isEqualTo(Phase.COMMITTED);
  }

  @Test
  void aWallClockThatIsSetIsHeededWithinHalfAMinute() throws IOException {
    stage();
    device.ticker.setWall(HOUR.multipliedBy(3));
    Instant set = device.ticker.steady();

    device.runTo(SECOND, Phase.PROBING);
    assertThat(device.ticker.steady()).isBefore(set.plusSeconds(35));
  }

  @Test
  void aClockThatIsBehindItsOrderHasTheTimeOfTheOrder() throws IOException {
    device.ticker.setWall(Duration.ofDays(-20000));
    Instant issued = SECOND.order().issuedAt();
    Desired now = inside(3, SECOND, new Opening(issued.minusSeconds(9), issued.plusSeconds(9)));

    stage();
    device.order(now);

    assertThat(device.runToEnd(now).phase()).isEqualTo(Phase.COMMITTED);
  }

  @Test
  void whatIsTakenBackEndsAndWhatServedServes() throws IOException {
    stage();
    long flips = flips();
    Desired back = cancelled(3, SECOND);
    device.order(back);

    AppReport end = device.runToEnd(back);

    assertThat(end.phase()).isEqualTo(Phase.CANCELLED);
    assertThat(end.sequence()).isEqualTo(3);
    assertThat(end.message())
        .isEqualTo(
            "the order was taken back before it began: the rollout is PAUSED: by hand;"
                + " pump@1 serves from blue, untouched");
    passTo(NIGHT.until());
    assertThat(device.engine.observed()).hasSize(1);
    assertThat(flips()).isEqualTo(flips);
  }

  @Test
  void whatWasTakenBackBeginsOnceItIsSaidAgain() throws IOException {
    stage();
    Desired back = cancelled(3, SECOND);
    device.order(back);
    device.runToEnd(back);
    Desired again = inside(4, SECOND, NIGHT);
    device.order(again);

    device.runTo(again, Phase.WAITING);
    assertThat(device.runToEnd(again).phase()).isEqualTo(Phase.COMMITTED);
    assertThat(device.last(again).orElseThrow().sequence()).isEqualTo(4);
  }

  @Test
  void whatWasTakenBackStaysSoOverRestartsAndWhenThatIsSaidAgain() throws IOException {
    stage();
    device.order(cancelled(3, SECOND));
    device.runToEnd(SECOND);
    device.kill();
    device.boot();
    Desired twice = cancelled(4, SECOND);
    device.order(twice);

    device.runUntil(() -> device.last(twice).filter(r -> r.sequence() == 4).isPresent());
    passTo(NIGHT.from().plus(HOUR));
    assertThat(device.last(twice).orElseThrow().phase()).isEqualTo(Phase.CANCELLED);
    assertThat(device.engine.observed()).hasSize(1);
  }

  @Test
  void whatIsTakenBackWhileItIsMadeReadyIsDropped() throws IOException {
    device.order(SECOND);
    device.runTo(SECOND, Phase.PULLING);
    device.order(cancelled(3, SECOND));

    assertThat(device.runToEnd(SECOND).phase()).isEqualTo(Phase.CANCELLED);
  }

  @Test
  void whatIsTakenBackBeforeTheFlipIsDroppedAlthoughItHasBegun() throws IOException {
    passTo(NIGHT.from());
    device.order(SECOND);
    device.runTo(SECOND, Phase.PROBING);
    device.order(cancelled(3, SECOND));

    assertThat(device.runToEnd(SECOND).phase()).isEqualTo(Phase.CANCELLED);
    device.pass(Duration.ofMinutes(1));
    assertThat(device.engine.observed()).hasSize(1);
  }

  @Test
  void whatHasFlippedIsNotTakenBack() throws IOException {
    passTo(NIGHT.from());
    device.order(SECOND);
    device.runTo(SECOND, Phase.BAKING);
    device.order(cancelled(3, SECOND));

    assertThat(device.runToEnd(SECOND).phase()).isEqualTo(Phase.COMMITTED);
  }

  @Test
  void whatWasNeverHeardOfBeforeItWasTakenBackEndsAtOnce() throws IOException {
    Desired back = cancelled(3, SECOND);
    device.order(back);

    assertThat(device.runToEnd(back).phase()).isEqualTo(Phase.CANCELLED);
    assertThat(device.calls.log()).noneMatch(call -> call.equals("images.pull 2"));
  }

  @Test
  void aWordThatTakesBackIsNoWayBackToWhatIsWarm() throws IOException {
    passTo(NIGHT.from());
    device.order(SECOND);
    device.runTo(SECOND, Phase.BAKING);
    Desired undo = cancelled(3, run(3, release(1), 2));
    device.order(undo);

    assertThat(device.runToEnd(undo).phase()).isEqualTo(Phase.CANCELLED);
    assertThat(device.last(SECOND).orElseThrow().phase()).isEqualTo(Phase.COMMITTED);
  }

  @Test
  void aRetryAfterItWasTakenBackIsAnotherOrder() throws IOException {
    stage();
    device.order(cancelled(3, SECOND));
    device.runToEnd(SECOND);
    Desired again = retry(4, SECOND, 2);
    device.order(again);

    device.runUntil(() -> device.last(again).filter(r -> r.phase() == Phase.COMMITTED).isPresent());
  }

  @Test
  void aStopWaitsForItsWindowToo() throws IOException {
    Desired stop = inside(2, Apps.stop(2, PUMP), NIGHT);
    device.order(stop);
    device.runTo(stop, Phase.WAITING);

    assertThat(device.router.serving(PUMP)).isNotEmpty();
    assertThat(device.runToEnd(stop).phase()).isEqualTo(Phase.STOPPED);
    assertThat(device.ticker.wall()).isBetween(NIGHT.from(), NIGHT.until());
  }

  @Test
  void aStopThatIsTakenBackStopsNothing() throws IOException {
    Desired stop = inside(2, Apps.stop(2, PUMP), NIGHT);
    device.order(stop);
    device.runTo(stop, Phase.WAITING);
    device.order(cancelled(3, stop));

    assertThat(device.runToEnd(stop).phase()).isEqualTo(Phase.CANCELLED);
    passTo(NIGHT.until());
    assertThat(device.router.serving(PUMP)).isNotEmpty();
  }

  @Test
  void withNoTermsAnyMoreItBeginsAtOnce() throws IOException {
    stage();
    device.order(saidAgain(3, SECOND, Optional.empty()));

    assertThat(device.runToEnd(SECOND).phase()).isEqualTo(Phase.COMMITTED);
    assertThat(device.ticker.wall()).isBefore(NIGHT.from());
  }
}
