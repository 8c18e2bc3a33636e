package dev.bumpless.controller.rollout;

import static dev.bumpless.controller.rollout.Desk.PUMP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.controller.SomeApps;
import dev.bumpless.controller.fleet.Selection;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.problem.Problem.Code;
import dev.bumpless.controller.problem.ProblemException;
import dev.bumpless.controller.rollout.Course.State;
import dev.bumpless.controller.rollout.WaveRollouts.Verb;
import dev.bumpless.manifest.Opening;
import dev.bumpless.manifest.RolloutName;
import dev.bumpless.manifest.RolloutParser;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class WaveRolloutsTest {
  private static final Selection ALL = new Selection(List.of(), Map.of(), true);
  private static final String CANARY = "waves: [ { devices: 1, then: approve }, { percent: 100 } ]";

  private final Desk desk = new Desk();
  private final WaveRollouts waves = desk.rollouts.waves();
  private List<DeviceId> devices = List.of();

  /** Three devices that run pump@1; pump@2 is on nobody. */
  @BeforeEach
  void fleet() {
    devices = IntStream.rangeClosed(1, 3).mapToObj(i -> desk.online("dev-" + i)).toList();
    desk.apply("reg.example/pump:1", ALL);
    devices.forEach(device -> desk.says(device, Phase.COMMITTED));
    desk.releases.release(
        desk.releases.pin(SomeApps.app("pump", "reg.example/pump:2", 502)), "a test", desk.now);
  }

  @Test
  void aRolloutGoesWaveByWaveAndFinishes() {
    Rollout rollout = start(CANARY);

    assertThat(issued(rollout)).containsExactly(devices.get(0));
    commit(0);
    assertThat(issued(rollout)).containsExactly(devices.get(0));
    assertThat(waiting(rollout, 1)).contains("waits for approval");

    waves.steer("pump-2", Verb.APPROVE, desk.now);
    assertThat(issued(rollout)).hasSize(3);
    commit(1);
    commit(2);

    assertThat(now(rollout).isDone()).isTrue();
    assertThat(now(rollout).isSucceeded()).isTrue();
    assertThat(course(rollout).state()).isEqualTo(State.FINISHED);
  }

  @Test
  void theCanaryIsTheDeviceThatIsNamedFirst() {
    Rollout rollout = start(CANARY, "target: { devices: [ dev-3, dev-1 ] }");

    assertThat(issued(rollout)).containsExactly(devices.get(2));
    assertThat(rollout.targets()).hasSize(2);
  }

  @Nested
  class WhenTooManyFail {
    @Test
    void itPausesAndNobodyElseIsTouchedUntilItIsResumed() {
      Rollout rollout = start("waves: [ { devices: 1 }, { percent: 100 } ]");
      desk.says(devices.get(0), Phase.ROLLED_BACK);
      tick();

      assertThat(course(rollout).state()).isEqualTo(State.PAUSED);
      assertThat(course(rollout).reason()).isEqualTo("1 failed, at most 0 may");
      assertThat(issued(rollout)).hasSize(1);

      waves.steer("pump-2", Verb.RESUME, desk.now);

      assertThat(issued(rollout)).hasSize(3);
    }

    @Test
    void itTakesBackWhatItDidWhereTheManifestSaysSo() {
      Rollout rollout = start("onFailure: rollback");
      commit(0);
      desk.says(devices.get(1), Phase.ROLLED_BACK);
      tick();

      assertThat(course(rollout).state()).isEqualTo(State.ROLLED_BACK);
      assertThat(devices).allSatisfy(d -> assertThat(counter(d)).isEqualTo(1));
      assertThat(desk.rollouts.recent(Optional.of(PUMP), 1).get(0).cause())
          .isEqualTo("rollout undo pump-2");
    }

    @Test
    void theFailedAreAskedAgainByARetry() {
      Rollout rollout = start("waves: [ { devices: 1 }, { percent: 100 } ]");
      desk.says(devices.get(0), Phase.ROLLED_BACK);
      tick();

      waves.steer("pump-2", Verb.RETRY, desk.now);

      assertThat(desk.revision(devices.get(0)).attempt()).isEqualTo(2);
      assertThat(issued(rollout)).containsExactly(devices.get(0));
      commit(0);
      assertThat(issued(rollout)).hasSize(3);
    }

    @Test
    void whatADeviceRepeatsOfTheAttemptBeforeARetryDoesNotCount() {
      Rollout rollout = start("waves: [ { devices: 1 }, { percent: 100 } ]");
      Order before = desk.order(devices.get(0));
      desk.says(devices.get(0), Phase.ROLLED_BACK);
      tick();
      waves.steer("pump-2", Verb.RETRY, desk.now);

      desk.says(devices.get(0), before, Phase.ROLLED_BACK);
      tick();

      assertThat(desk.phase(rollout, devices.get(0))).isEqualTo(Phase.WAITING);
      assertThat(course(rollout).state()).isEqualTo(State.RUNNING);
    }

    @Test
    void aDeviceThatIsSilentPastItsDeadlineIsOneOfThem() {
      Rollout rollout = start("deadline: 5m\nlimits: { failures: 1 }");
      commit(0);
      commit(1);
      desk.now = desk.now.plusSeconds(400);
      tick();

      assertThat(now(rollout).isDone()).isTrue();
      assertThat(now(rollout).isSucceeded()).isFalse();
      assertThat(desk.phase(rollout, devices.get(2))).isEqualTo(Phase.EXPIRED);
      assertThat(desk.book.unheard(devices.get(2), desk.now)).isEmpty();
    }

    @Test
    void aDeviceThatIsLateButDoesItIsBelieved() {
      Rollout rollout = start("deadline: 5m\nlimits: { failures: 3 }");
      desk.says(devices.get(0), Phase.PULLING);
      desk.now = desk.now.plusSeconds(400);
      tick();
      assertThat(desk.phase(rollout, devices.get(0))).isEqualTo(Phase.EXPIRED);

      commit(0);

      assertThat(desk.phase(rollout, devices.get(0))).isEqualTo(Phase.COMMITTED);
    }
  }

  @Nested
  class Steering {
    @Test
    void aPauseTakesBackWhatNobodyHasAndAResumeGivesItAgain() {
      Rollout rollout = start();
      desk.says(devices.get(0), Phase.PULLING);

      waves.steer("pump-2", Verb.PAUSE, desk.now);

      assertThat(issued(rollout)).containsExactly(devices.get(0));
      assertThat(desk.book.unheard(devices.get(1), desk.now)).isEmpty();

      waves.steer("pump-2", Verb.RESUME, desk.now);

      assertThat(desk.book.unheard(devices.get(1), desk.now)).hasSize(1);
    }

    @Test
    void anAbortEndsItAndLetsWhatHasBegunComeToItsEnd() {
      Rollout rollout = start();
      desk.says(devices.get(0), Phase.PULLING);

      waves.steer("pump-2", Verb.ABORT, desk.now);

      assertThat(desk.phase(rollout, devices.get(1))).isEqualTo(Phase.CANCELLED);
      assertThat(desk.book.unheard(devices.get(1), desk.now)).isEmpty();
      assertThat(now(rollout).isDone()).isFalse();
      commit(0);
      assertThat(now(rollout).isDone()).isTrue();
      assertRefused("it is ABORTED", () -> waves.steer("pump-2", Verb.RESUME, desk.now));
      assertRefused("it is ABORTED", () -> waves.steer("pump-2", Verb.RETRY, desk.now));
    }

    @Test
    void anOrderThatWasUnderWayWhenItWasTakenBackIsTold() {
      Rollout rollout = start();
      Order underWay = desk.order(devices.get(1));
      waves.steer("pump-2", Verb.ABORT, desk.now);

      desk.says(devices.get(1), underWay, Phase.COMMITTED);

      assertThat(desk.phase(rollout, devices.get(1))).isEqualTo(Phase.COMMITTED);
    }

    @Test
    void anUndoGoesBackWhereTheReleaseCame() {
      Rollout rollout = start(CANARY);
      commit(0);

      Rollout back = waves.steer("pump-2", Verb.UNDO, desk.now);

      assertThat(back.targets()).extracting(Target::device).containsExactly(devices.get(0));
      assertThat(counter(devices.get(0))).isEqualTo(1);
      assertThat(course(rollout).state()).isEqualTo(State.ABORTED);
      assertThat(desk.phase(rollout, devices.get(2))).isEqualTo(Phase.CANCELLED);
    }

    @Test
    void approvalIsRefusedWhereNobodyWaitsForIt() {
      start(CANARY);
      assertRefused("still under way", () -> waves.steer("pump-2", Verb.APPROVE, desk.now));
      waves.steer("pump-2", Verb.PAUSE, desk.now);
      assertRefused("it is PAUSED", () -> waves.steer("pump-2", Verb.APPROVE, desk.now));
      assertRefused("no device failed", () -> waves.steer("pump-2", Verb.RETRY, desk.now));
    }

    @Test
    void whatWentToEverybodyAtOnceCannotBeSteered() {
      assertRefused("at once", () -> waves.steer("pump", Verb.PAUSE, desk.now));
      assertProblem(Code.NOT_FOUND, () -> waves.steer("nobody", Verb.PAUSE, desk.now));
    }
  }

  /** It is Wednesday; the devices get ready, and begin on Sunday at two. */
  @Nested
  class WithAWindow {
    private static final String SUNDAY = "window: { cron: \"0 2 * * SUN\", length: 2h }";
    private static final Opening FIRST =
        new Opening(Instant.parse("2026-11-29T02:00:00Z"), Instant.parse("2026-11-29T04:00:00Z"));

    private Rollout ready(String... more) {
      Rollout rollout = start(SUNDAY, String.join("\n", more));
      desk.says(one(), Phase.WAITING);
      return rollout;
    }

    private DeviceId one() {
      return devices.get(0);
    }

    @Test
    void ordersGoOutBeforeAndSayWhenTheyMayBegin() {
      Rollout rollout = ready();

      assertThat(issued(rollout)).hasSize(3);
      assertThat(desk.order(one()).opening()).contains(FIRST);
      desk.now = FIRST.from().minusSeconds(1);
      tick();
      assertThat(issued(rollout)).hasSize(3);
    }

    @Test
    void anAbortIsHeardByWhoWaits() {
      Rollout rollout = ready();
      Order first = desk.order(one());

      waves.steer("pump-2", Verb.ABORT, desk.now);

      Order last = desk.order(one());
      assertThat(desk.book.unheard(one(), desk.now)).hasSize(1);
      assertThat(last.cancelled()).contains("the rollout is ABORTED: by hand");
      assertThat(last.id()).isEqualTo(first.id());
      assertThat(last.action()).isEqualTo(first.action());
      assertThat(now(rollout).isDone()).isFalse();
      desk.says(one(), Phase.CANCELLED);
      tick();
      assertThat(desk.phase(rollout, one())).isEqualTo(Phase.CANCELLED);
      assertThat(now(rollout).isDone()).isTrue();
    }

    @Test
    void whoDoesNotHearOfAnAbortIsUnderWayUntilItsWindowIsOver() {
      Rollout rollout = ready("deadline: 9h");
      waves.steer("pump-2", Verb.ABORT, desk.now);
      desk.now = FIRST.until().minusSeconds(1);
      tick();

      assertThat(desk.phase(rollout, one())).isEqualTo(Phase.WAITING);
      assertThat(waiting(rollout, 0))
          .contains("it may begin inside its window, from 2026-11-29T02");
      desk.now = FIRST.until().plusSeconds(1);
      tick();
      assertThat(desk.phase(rollout, one())).isEqualTo(Phase.EXPIRED);
      assertThat(now(rollout).isDone()).isTrue();
    }

    @Test
    void whoIsAwayWhileItsOrderIsTakenBackIsToldToBeAway() {
      Rollout rollout = ready("deadline: 9h");
      desk.offline(one());
      waves.steer("pump-2", Verb.ABORT, desk.now);

      assertThat(desk.statuses(now(rollout)).get(0).message())
          .startsWith("offline since 2026-11-25T10:")
          .contains("; the rollout is ABORTED: by hand; its order was taken back");
    }

    @Test
    void whatItDidBeforeItHeardOfTheAbortIsBelieved() {
      Rollout rollout = ready();
      Order first = desk.order(one());
      waves.steer("pump-2", Verb.ABORT, desk.now);

      desk.says(one(), first, Phase.COMMITTED);

      assertThat(desk.phase(rollout, one())).isEqualTo(Phase.COMMITTED);
    }

    @Test
    void aPauseIsHeardAndAResumeGivesTheOrderAgain() {
      Rollout rollout = ready();
      waves.steer("pump-2", Verb.PAUSE, desk.now);
      desk.says(one(), Phase.CANCELLED);
      assertThat(desk.phase(rollout, one())).isEqualTo(Phase.WAITING);
      assertThat(waiting(rollout, 0)).isEqualTo("the rollout is PAUSED: by hand");

      waves.steer("pump-2", Verb.RESUME, desk.now);

      assertThat(desk.order(one()).opening()).contains(FIRST);
      assertThat(desk.order(one()).sequence()).isGreaterThan(2);
      commit(0);
      assertThat(desk.phase(rollout, one())).isEqualTo(Phase.COMMITTED);
    }

    @Test
    void whoHearsOfAPauseOnlyAfterTheResumeStaysInTheRollout() {
      Rollout rollout = ready();
      waves.steer("pump-2", Verb.PAUSE, desk.now);
      Order cancelled = desk.order(one());

      waves.steer("pump-2", Verb.RESUME, desk.now);
      desk.says(one(), cancelled, Phase.CANCELLED);

      assertThat(desk.phase(rollout, one())).isEqualTo(Phase.WAITING);
      assertThat(desk.order(one()).opening()).contains(FIRST);
      assertThat(desk.book.unheard(one(), desk.now)).hasSize(1);
    }

    @Test
    void anAbortAfterAResumeIsHeardAlthoughTheDeviceWasAwayForAllOfIt() {
      ready();
      waves.steer("pump-2", Verb.PAUSE, desk.now);
      waves.steer("pump-2", Verb.RESUME, desk.now);

      waves.steer("pump-2", Verb.ABORT, desk.now);

      assertThat(desk.order(one()).cancelled()).isPresent();
      assertThat(desk.book.unheard(one(), desk.now)).hasSize(1);
    }

    @Test
    void anOrderThatWasUnderWayWhenThePauseCameIsTakenBackAsSoonAsItIsTold() {
      start(SUNDAY);
      Order underWay = desk.order(one());
      waves.steer("pump-2", Verb.PAUSE, desk.now);
      assertThat(desk.book.unheard(one(), desk.now)).isEmpty();

      desk.says(one(), underWay, Phase.PULLING);
      tick();

      assertThat(desk.order(one()).cancelled()).isPresent();
      assertThat(desk.book.unheard(one(), desk.now)).hasSize(1);
    }

    @Test
    void soIsOneThatWasUnderWayWhenTheRolloutWasAborted() {
      start(SUNDAY);
      Order underWay = desk.order(one());
      waves.steer("pump-2", Verb.ABORT, desk.now);
      tick();
      assertThat(desk.book.unheard(one(), desk.now)).isEmpty();

      desk.says(one(), underWay, Phase.PULLING);
      assertThat(desk.order(one()).cancelled()).isPresent();
      long sequence = desk.order(one()).sequence();

      desk.says(one(), underWay, Phase.WAITING);
      assertThat(desk.order(one()).sequence()).as("said once").isEqualTo(sequence);
      assertThat(desk.book.unheard(one(), desk.now)).hasSize(1);
    }

    @Test
    void soIsOneThatWasSaidOnceMoreAndWithdrawnBeforeItIsTold() {
      start(SUNDAY);
      Order underWay = desk.order(one());
      waves.steer("pump-2", Verb.PAUSE, desk.now);
      waves.steer("pump-2", Verb.RESUME, desk.now);
      waves.steer("pump-2", Verb.PAUSE, desk.now);

      desk.says(one(), underWay, Phase.WAITING);
      tick();

      assertThat(desk.order(one()).cancelled()).isPresent();
      assertThat(desk.book.unheard(one(), desk.now)).hasSize(1);
    }

    @Test
    void soIsOneWhoseSuccessorWasWithdrawnBeforeItIsTold() {
      start(SUNDAY);
      Order underWay = desk.order(one());
      waves.start(request("pump-3", true, "target: { devices: [ dev-1 ] }", SUNDAY), desk.now);
      waves.steer("pump-3", Verb.ABORT, desk.now);
      assertThat(desk.book.unheard(one(), desk.now)).isEmpty();

      desk.says(one(), underWay, Phase.WAITING);

      assertThat(desk.order(one()).cancelled()).isPresent();
      assertThat(desk.book.unheard(one(), desk.now)).hasSize(1);
    }

    @Test
    void whatAnotherRolloutLosesByThatIsAskedAgain() {
      start(SUNDAY);
      Order underWay = desk.order(one());
      waves.steer("pump-2", Verb.ABORT, desk.now);
      Rollout other = startNamed("pump-3", "target: { devices: [ dev-1 ] }");
      Order heard = desk.order(one());
      waves.steer("pump-3", Verb.PAUSE, desk.now);

      desk.says(one(), underWay, Phase.WAITING);
      Order taken = desk.order(one());
      assertThat(taken.cancelled()).isPresent();
      desk.says(one(), heard, Phase.PULLING);
      desk.says(one(), taken, Phase.CANCELLED);
      waves.steer("pump-3", Verb.RESUME, desk.now);

      assertThat(issued(other)).containsExactly(one());
      assertThat(desk.order(one()).cancelled()).isEmpty();
      desk.says(one(), Phase.COMMITTED);
      assertThat(desk.phase(other, one())).isEqualTo(Phase.COMMITTED);
    }

    @Test
    void whoLetsItsWindowPassIsToldForHowLongItWas() {
      Rollout rollout = start(SUNDAY, "deadline: 5h");
      desk.says(one(), Phase.WAITING);
      desk.now = Instant.parse("2026-11-29T04:00:00Z");
      tick();

      assertThat(target(rollout, one()).verdict().orElseThrow().reason())
          .startsWith("no end within 2h of its order and the opening of its window");
    }

    @Test
    void whatHasBegunWhenItsDeadlineIsOverGoesOnToItsEnd() {
      Rollout rollout = start(SUNDAY, "deadline: 1h");
      desk.now = Instant.parse("2026-11-29T02:00:00Z");
      desk.says(one(), Phase.PROBING);
      desk.now = Instant.parse("2026-11-29T04:00:00Z");
      tick();
      assertThat(desk.phase(rollout, one())).isEqualTo(Phase.EXPIRED);

      desk.says(one(), Phase.REPLICATING);
      assertThat(desk.order(one()).cancelled()).isEmpty();

      desk.says(one(), Phase.COMMITTED);
      assertThat(desk.phase(rollout, one())).isEqualTo(Phase.COMMITTED);
    }

    @Test
    void whoDidNotBeginInsideIsToldTheNextOpening() {
      Rollout rollout = start(SUNDAY, "deadline: 90m", "limits: { failures: 3 }");
      desk.now = FIRST.until().minusSeconds(600);
      tick();
      waves.steer("pump-2", Verb.RETRY, desk.now);
      desk.says(one(), Phase.WAITING);

      desk.now = FIRST.until();
      tick();

      assertThat(desk.order(one()).opening().orElseThrow().from())
          .isEqualTo(FIRST.from().plus(Duration.ofDays(7)));
      assertThat(course(rollout).state()).isEqualTo(State.RUNNING);
    }

    @Test
    void whatIsForcedWaitsForNoWindowAndIsNotTakenBack() {
      ready();

      desk.rollouts.force("pump-2", Desk.on(one()), desk.now);
      assertThat(desk.order(one()).waitsForNobody()).isTrue();
      waves.steer("pump-2", Verb.ABORT, desk.now);

      assertThat(desk.order(one()).waitsForNobody()).isTrue();
    }

    @Test
    void anAppIsForcedWhereItIsUnderWayOnTheDevice() {
      Rollout first = ready();
      waves.start(
          request("pump-3", true, SUNDAY, CANARY, "target: { devices: [ dev-3 ] }"), desk.now);

      Rollout forced = desk.rollouts.force("pump", Desk.on(one()), desk.now);

      assertThat(forced.id()).isEqualTo(first.id());
      assertThat(desk.order(one()).waitsForNobody()).isTrue();
    }

    @Test
    void whatIsBeingTakenBackCannotBeForced() {
      ready();
      waves.steer("pump-2", Verb.PAUSE, desk.now);

      assertProblem(Code.CONFLICT, () -> desk.rollouts.force("pump-2", Desk.on(one()), desk.now));
    }

    @Test
    void anotherRolloutThatTakesTheDeviceTakesTheOrderBack() {
      Rollout first = ready();

      waves.start(
          request("pump-3", true, SUNDAY, CANARY, "target: { devices: [ dev-3, dev-1 ] }"),
          desk.now);

      assertThat(desk.phase(first, one())).isEqualTo(Phase.SUPERSEDED);
      assertThat(desk.order(one()).cancelled()).contains("a newer rollout of the app took over");
      desk.says(one(), Phase.CANCELLED);
      assertThat(desk.phase(first, one())).isEqualTo(Phase.SUPERSEDED);
    }

    @Test
    void whoWaitsHearsOfThatAlsoWhereTheOtherTakesItsOwnOrderBackBeforeItIsHeard() {
      ready();
      Rollout second =
          waves.start(request("pump-3", true, "target: { devices: [ dev-1 ] }"), desk.now);
      assertThat(desk.order(one()).id()).isEqualTo(second.id());

      waves.steer("pump-3", Verb.PAUSE, desk.now);

      assertThat(desk.book.unheard(one(), desk.now)).hasSize(1);
      assertThat(desk.order(one()).cancelled()).contains("the rollout is PAUSED: by hand");
      desk.says(one(), Phase.CANCELLED);
      waves.steer("pump-3", Verb.RESUME, desk.now);
      assertThat(desk.order(one()).cancelled()).isEmpty();
      assertThat(issued(second)).containsExactly(one());
    }

    @Test
    void anUndoLeavesNobodyWaiting() {
      Rollout rollout = ready();

      Rollout back = waves.steer("pump-2", Verb.UNDO, desk.now);

      assertThat(desk.phase(rollout, one())).isEqualTo(Phase.SUPERSEDED);
      assertThat(desk.order(one()).id()).isEqualTo(back.id());
      assertThat(desk.order(one()).opening()).isEmpty();
    }

    @Test
    void whoLostItsMemoryAfterwardsIsMadeAsItWasAtAnyTime() {
      Rollout rollout = ready();
      desk.now = FIRST.from();
      commit(0);
      assertThat(desk.phase(rollout, one())).isEqualTo(Phase.COMMITTED);

      desk.rollouts.holds(one(), Map.of(), FIRST.until());

      assertThat(desk.order(one()).opening()).isEmpty();
      assertThat(desk.book.unheard(one(), FIRST.until())).hasSize(1);
    }

    @Test
    void whoLostItsMemoryBeforeWaitsAgain() {
      ready();

      desk.rollouts.holds(one(), Map.of(), desk.now);

      assertThat(desk.order(one()).opening()).contains(FIRST);
      assertThat(desk.book.unheard(one(), desk.now)).hasSize(1);
    }
  }

  @Nested
  class OneForAnAppAndADevice {
    @Test
    void aSecondRolloutIsRefusedAndNamesTheFirst() {
      start(CANARY);

      assertRefused("rollout pump-2 is RUNNING", () -> startNamed("pump-3", CANARY));
      assertRefused("rollout pump-2 is RUNNING", () -> desk.apply("reg.example/pump:3", ALL));
      assertThat(desk.rollouts.recent(Optional.of(PUMP), 9)).hasSize(2);
    }

    @Test
    void withSupersedeItTakesTheDevices() {
      Rollout first = start(CANARY);

      Rollout second =
          waves.start(request("pump-3", true, "target: { devices: [ dev-1 ] }"), desk.now);

      assertThat(desk.phase(first, devices.get(0))).isEqualTo(Phase.SUPERSEDED);
      assertThat(issued(second)).containsExactly(devices.get(0));
      desk.rollouts.start(new Command.Restart(PUMP), ALL, true, desk.now.plusSeconds(1));
      tick();
      assertThat(now(first).isDone()).isTrue();
    }

    @Test
    void aPreviewTellsOfTheFirstUnlessItsDevicesWouldBeTaken() {
      start(CANARY);

      Problem conflict =
          waves.preview(request("pump-3", false, CANARY), desk.now).conflict().orElseThrow();
      assertThat(conflict.message()).contains("rollout pump-2 is RUNNING");
      assertThat(conflict.hint()).contains("or take its devices with --supersede");
      assertThat(waves.preview(request("pump-3", true, CANARY), desk.now).conflict()).isEmpty();
    }

    @Test
    void theSameAgainIsTheOneThatRuns() {
      Rollout rollout = start(CANARY);

      assertThat(start(CANARY).id()).isEqualTo(rollout.id());
      assertRefused("another rollout pump-2 is RUNNING", () -> start("deadline: 9m"));
    }

    @Test
    void aPreviewTellsThatTheVerySameRunsAndWouldBeLeftAlone() {
      Rollout rollout = start(CANARY);

      Preview preview = waves.preview(request("pump-2", false, CANARY), desk.now);

      assertThat(preview.running()).map(Rollout::id).contains(rollout.id());
      assertThat(preview.conflict()).isEmpty();
      assertThat(preview.rows()).isEmpty();
      assertThat(waves.preview(request("pump-2", true, CANARY), desk.now).running()).isEmpty();
      waves.steer("pump-2", Verb.ABORT, desk.now);
      assertThat(waves.preview(request("pump-2", false, CANARY), desk.now).running()).isEmpty();
    }

    @Test
    void aPreviewTellsOfAnotherOfItsNameAlthoughThatHasNoneOfItsDevices() {
      start(CANARY, "target: { devices: [ dev-1 ] }");
      String elsewhere = "target: { devices: [ dev-2 ] }";

      Preview preview = waves.preview(request("pump-2", false, elsewhere), desk.now);

      assertThat(preview.conflict().map(Problem::message))
          .contains("another rollout pump-2 is RUNNING");
      assertThat(preview.running()).isEmpty();
      assertThat(preview.rows()).hasSize(1);
      assertRefused("another rollout pump-2 is RUNNING", () -> start(elsewhere));
      assertThat(waves.preview(request("pump-2", true, elsewhere), desk.now).conflict()).isEmpty();
    }

    @Test
    void devicesThatAreDoneAreFree() {
      start(CANARY);
      commit(0);

      desk.apply("reg.example/pump:3", Desk.on(devices.get(0)));

      assertThat(counter(devices.get(0))).isEqualTo(3);
    }

    @Test
    void anUndoIsRefusedWhereAnotherHasTheDevices() {
      finished();
      Rollout second = startNamed("pump-3", CANARY);

      assertRefused("rollout pump-3 is RUNNING", () -> waves.steer("pump-2", Verb.UNDO, desk.now));

      assertThatThrownBy(() -> waves.steer("pump-2", Verb.UNDO, desk.now))
          .isInstanceOfSatisfying(
              ProblemException.class,
              e ->
                  assertThat(e.problem().hint())
                      .contains("rollout abort pump-3")
                      .doesNotContain("--supersede"));
      assertThat(desk.phase(second, devices.get(1))).isEqualTo(Phase.WAITING);
      waves.steer("pump-3", Verb.ABORT, desk.now);
      assertThat(waves.steer("pump-2", Verb.UNDO, desk.now).targets()).hasSize(3);
    }

    @Test
    void aRetryIsRefusedWhereANewerOneThatRunsCameToTheDevice() {
      Rollout older = failedOnTheFirst();
      Rollout newer = startNamed("pump-3", CANARY, "target: { devices: [ dev-1, dev-2 ] }");
      commit(0);

      assertRefused(
          "rollout pump-3 is newer than rollout pump-2, is not over and came to device dev-1",
          () -> waves.steer("pump-2", Verb.RETRY, desk.now));

      assertThat(desk.phase(older, devices.get(0))).isEqualTo(Phase.ROLLED_BACK);
      assertThat(desk.order(devices.get(0)).id()).isEqualTo(newer.id());
      waves.steer("pump-3", Verb.ABORT, desk.now);
      waves.steer("pump-2", Verb.RETRY, desk.now);
      assertThat(desk.order(devices.get(0)).id()).isEqualTo(older.id());
    }

    @Test
    void aRetryIsRefusedWhileSomethingNewerIsUnderWayOnTheDevice() {
      failedOnTheFirst();
      Rollout alone = desk.apply("reg.example/pump:3", Desk.on(devices.get(0)));

      assertRefused(
          "apply pump is newer than rollout pump-2",
          () -> waves.steer("pump-2", Verb.RETRY, desk.now));

      assertThat(desk.order(devices.get(0)).id()).isEqualTo(alone.id());
    }

    @Test
    void anAutomaticWayBackLeavesToANewerOneWhatThatPlannedSince() {
      start("onFailure: rollback");
      commit(0);
      commit(1);
      Rollout newer = startNamed("pump-3", CANARY, "target: { devices: [ dev-1, dev-2 ] }");

      desk.says(devices.get(2), Phase.ROLLED_BACK);
      tick();

      Rollout back = desk.rollouts.recent(Optional.of(PUMP), 1).get(0);
      assertThat(back.cause()).isEqualTo("rollout undo pump-2");
      assertThat(back.targets()).extracting(Target::device).containsExactly(devices.get(2));
      assertThat(desk.phase(newer, devices.get(1))).isEqualTo(Phase.WAITING);
      assertThat(desk.order(devices.get(0)).id()).isEqualTo(newer.id());
    }

    @Test
    void whatARetryOfAnOlderOneAskedForIsWhatWasAskedForLast() {
      retriedAfterSomethingNewer();
      commit(0);

      Rollout restart = desk.start(new Command.Restart(PUMP), Desk.on(devices.get(0)));
      assertThat(restart.release().orElseThrow().counter()).isEqualTo(2);
      desk.says(devices.get(0), Phase.COMMITTED);

      Rollout back = waves.steer("pump-2", Verb.UNDO, desk.now);
      assertThat(counter(devices.get(0))).isEqualTo(3);
      assertThat(back.targets()).hasSize(3);
    }

    @Test
    void anOlderOrderThatTheDeviceNumbersHigherIsTheOlderAllTheSame() {
      desk.apply("reg.example/pump:2", ALL);
      Order older = desk.order(devices.get(0));
      desk.says(devices.get(0), Phase.COMMITTED);
      desk.apply("reg.example/pump:3", ALL);

      desk.says(devices.get(0), numbered(older, 20), Phase.COMMITTED);
      desk.start(new Command.Undo(PUMP, OptionalLong.empty()), Desk.on(devices.get(0)));

      assertThat(counter(devices.get(0))).isEqualTo(2);
    }

    private static Order numbered(Order order, long sequence) {
      return new Order(
          order.id(),
          order.device(),
          sequence,
          order.issuedAt(),
          order.expires(),
          order.action(),
          order.terms());
    }

    @Test
    void aReleaseThatFailedInTheRetryOfAnOlderOneIsTriedAnew() {
      desk.apply("reg.example/pump:2", Desk.on(devices.get(0)));
      desk.says(devices.get(0), Phase.ROLLED_BACK);
      Rollout older = failedOnTheFirst();
      desk.apply("reg.example/pump:2", Desk.on(devices.get(0)));
      desk.says(devices.get(0), Phase.COMMITTED);
      waves.steer("pump-2", Verb.RETRY, desk.now);
      desk.says(devices.get(0), Phase.ROLLED_BACK);
      tick();
      int failed = desk.revision(devices.get(0)).attempt();
      assertThat(desk.order(devices.get(0)).id()).isEqualTo(older.id());

      desk.apply("reg.example/pump:2", Desk.on(devices.get(0)));

      assertThat(desk.revision(devices.get(0)).attempt()).isEqualTo(failed + 1);
    }

    @Test
    void aReleaseThatFailedIsTriedAnewAlsoWhereItsRetryWasNeverSent() {
      start("waves: [ { devices: 1 }, { percent: 100 } ]", "limits: { perMinute: 1 }");
      desk.says(devices.get(0), Phase.ROLLED_BACK);
      tick();
      waves.steer("pump-2", Verb.RETRY, desk.now);
      waves.steer("pump-2", Verb.ABORT, desk.now);
      assertThat(desk.revision(devices.get(0)).attempt()).isEqualTo(1);

      desk.apply("reg.example/pump:2", Desk.on(devices.get(0)));

      assertThat(desk.revision(devices.get(0)).attempt()).isEqualTo(2);
    }

    private void retriedAfterSomethingNewer() {
      failedOnTheFirst();
      desk.apply("reg.example/pump:3", Desk.on(devices.get(0)));
      desk.says(devices.get(0), Phase.COMMITTED);
      waves.steer("pump-2", Verb.RETRY, desk.now);
    }

    private void finished() {
      Rollout rollout = start();
      IntStream.range(0, 3).forEach(WaveRolloutsTest.this::commit);
      assertThat(course(rollout).state()).isEqualTo(State.FINISHED);
    }
  }

  @Nested
  class AClockThatIsSetBack {
    @Test
    void stopsNoRollout() {
      Rollout rollout = start("limits: { perMinute: 1 }");
      tick();
      assertThat(issued(rollout)).containsExactly(devices.get(0));

      setBack();
      tick();

      assertThat(issued(rollout)).containsExactly(devices.get(0), devices.get(1));
      assertThat(waiting(rollout, 2)).isEqualTo("at most 1 orders go out in a minute");
    }

    @Test
    void stopsNoLookForDevicesThatComeLater() {
      Rollout rollout = start();
      tick();

      setBack();
      desk.online("dev-4");
      tick();

      assertThat(now(rollout).targets()).hasSize(4);
    }

    @Test
    void leavesTheLastThatWasAskedTheLast() {
      setBack();
      desk.apply("reg.example/pump:2", ALL);
      devices.forEach(device -> desk.says(device, Phase.COMMITTED));

      desk.start(new Command.Undo(PUMP, OptionalLong.empty()), ALL);

      assertThat(devices).allSatisfy(device -> assertThat(counter(device)).isEqualTo(1));
    }

    @Test
    void leavesTheNewerRolloutTheNewer() {
      failedOnTheFirst();
      setBack();
      startNamed("pump-3", CANARY, "target: { devices: [ dev-1, dev-2 ] }");
      commit(0);

      assertRefused(
          "rollout pump-3 is newer than rollout pump-2",
          () -> waves.steer("pump-2", Verb.RETRY, desk.now));
      assertThat(waves.require("pump").name()).contains(new RolloutName("pump-3"));
    }

    private void setBack() {
      desk.now = desk.now.minus(Duration.ofDays(1));
    }
  }

  /** One rollout is for the label a, a newer one for b; the first two devices have one each. */
  @Nested
  class ADeviceThatMatchesTwo {
    @Test
    void entersTheNewerAndTheOlderOnceThatIsOver() {
      Rollout older = startFor("a", 0);
      Rollout newer = startFor("b", 1);
      label(2, "a", "b");
      later();

      assertThat(isIn(newer, 2)).isTrue();
      assertThat(isIn(older, 2)).isFalse();
      assertThat(desk.order(devices.get(2)).id()).isEqualTo(newer.id());

      commit(1);
      commit(2);
      later();
      assertThat(course(newer).state()).isEqualTo(State.FINISHED);
      assertThat(isIn(older, 2)).isTrue();
      assertThat(desk.order(devices.get(2)).id()).isEqualTo(older.id());
    }

    @Test
    void staysInTheOlderUntilItIsFinishedThere() {
      label(2, "a");
      Rollout older = startFor("a", 0, CANARY);
      Rollout newer = startFor("b", 1);
      label(2, "a", "b");
      later();

      assertThat(isIn(newer, 2)).isFalse();
      assertThat(desk.phase(older, devices.get(2))).isEqualTo(Phase.WAITING);

      commit(0);
      waves.steer("pump-a", Verb.APPROVE, desk.now);
      commit(2);
      later();
      assertThat(desk.phase(older, devices.get(2))).isEqualTo(Phase.COMMITTED);
      assertThat(isIn(newer, 2)).isTrue();
    }

    @Test
    void staysInTheNewer() {
      Rollout older = startFor("a", 0);
      label(2, "b");
      Rollout newer = startFor("b", 1, CANARY);
      label(2, "a", "b");
      later();

      assertThat(isIn(older, 2)).isFalse();
      assertThat(issued(newer)).containsExactly(devices.get(1));
      assertThat(desk.order(devices.get(2)).id()).isNotEqualTo(older.id());
    }

    @Test
    void staysWithWhatWasAskedForItAloneSince() {
      Rollout older = startFor("a", 0);
      Rollout alone = desk.apply("reg.example/pump:3", Desk.on(devices.get(2)));
      label(2, "a");
      later();

      assertThat(isIn(older, 2)).isFalse();
      assertThat(desk.order(devices.get(2)).id()).isEqualTo(alone.id());
    }

    private Rollout startFor(String label, int first, String... lines) {
      label(first, label);
      String target = "target: { " + label + ": \"yes\" }";
      return startNamed("pump-" + label, String.join("\n", lines), target);
    }

    private void label(int device, String... labels) {
      desk.fleet.label(
          devices.get(device),
          Arrays.stream(labels).collect(Collectors.toMap(Function.identity(), label -> "yes")));
    }

    private void later() {
      desk.now = desk.now.plusSeconds(11);
      tick();
    }

    private boolean isIn(Rollout rollout, int device) {
      return desk.rolloutStore.target(rollout.id(), devices.get(device)).isPresent();
    }
  }

  @Nested
  class Devices {
    @Test
    void thatCameLaterEnterTheLastWaveGated() {
      Rollout rollout = start(CANARY);
      DeviceId late = desk.online("dev-0");
      desk.now = desk.now.plusSeconds(11);
      tick();

      assertThat(now(rollout).targets()).hasSize(4);
      assertThat(target(rollout, late).place().wave()).isEqualTo(1);
      assertThat(issued(rollout)).containsExactly(devices.get(0));
    }

    @Test
    void thatAreNotInTheRolloutStayOut() {
      Rollout rollout = start("target: { devices: [ dev-1 ] }");
      desk.online("dev-0");
      desk.now = desk.now.plusSeconds(11);
      tick();

      assertThat(now(rollout).targets()).hasSize(1);
    }

    @Test
    void whichFailThePreflightAreToldBeforeAnythingIsSent() {
      desk.apply("valve", "reg.example/valve:1", 9502, Desk.on(devices.get(1)));
      desk.releases.release(
          desk.releases.pin(SomeApps.app("pump", "reg.example/pump:3", 9502)), "a test", desk.now);

      Preview preview = waves.preview(request("pump-3", false, "app: pump@3"), desk.now);

      assertThat(preview.rows()).hasSize(3);
      assertThat(preview.rows().get(1).problem().orElseThrow())
          .extracting(Problem::message, Problem::hint)
          .containsExactly(
              "port 9502 of pump is taken on dev-2 by app valve",
              "listen on another port or address, or delete the other app there first");
      assertRefused("fails on 1 of 3", () -> start("app: pump@3"));
      assertThat(desk.rollouts.recent(Optional.of(PUMP), 9)).hasSize(1);
    }

    @Test
    void areShownWithTheirWavesByAPreviewThatChangesNothing() {
      Preview preview = waves.preview(request("pump-2", false, CANARY), desk.now);

      assertThat(preview.rows()).extracting(row -> row.place().wave()).containsExactly(0, 1, 1);
      assertThat(preview.release()).isEqualTo("pump@2");
      assertThat(desk.rollouts.recent(Optional.of(PUMP), 9)).hasSize(1);
    }
  }

  @Nested
  class BadInput {
    @Test
    void isToldAndChangesNothing() {
      assertProblem(Code.NO_TARGET, () -> start("target: { site: nowhere }"));
      assertProblem(Code.NOT_FOUND, () -> start("target: { devices: [ dev-9 ] }"));
      assertProblem(Code.NOT_FOUND, () -> start("app: pump@9"));
      assertProblem(Code.NOT_FOUND, () -> start("app: nothing"));
      assertProblem(Code.BAD_REQUEST, () -> start("app: pump.yaml"));
      assertProblem(
          Code.BAD_REQUEST, () -> start("window: { at: \"2026-01-01T00:00\", length: 1h }"));
      assertThat(desk.rollouts.recent(Optional.of(PUMP), 9)).hasSize(1);
    }
  }

  @Test
  void aFileBesideItBecomesARelease() {
    WaveRequest request =
        new WaveRequest(
            request("pump-2", false, "app: pump.yaml").manifest(),
            Optional.of(SomeApps.app("pump", "reg.example/pump:7", 502)),
            false);

    Rollout rollout = waves.start(request, desk.now);

    assertThat(rollout.release().orElseThrow().counter()).isEqualTo(3);
  }

  @Test
  void aControllerThatDiedGoesOnWhereItWas() {
    Rollout rollout = start(CANARY);
    commit(0);
    Rollouts reborn =
        new Rollouts(
            desk.rolloutStore, desk.orderStore, desk.book, desk.releases, desk.fleet, desk.audit);

    reborn.resume(desk.now);
    reborn.waves().steer("pump-2", Verb.APPROVE, desk.now);

    assertThat(issued(rollout)).hasSize(3);
    assertThat(desk.order(devices.get(0)).sequence()).isEqualTo(2);
  }

  private Rollout start(String... lines) {
    return startNamed("pump-2", lines);
  }

  private Rollout startNamed(String name, String... lines) {
    return waves.start(request(name, false, lines), desk.now);
  }

  /** What lines say counts over what is said otherwise. */
  private static WaveRequest request(String name, boolean supersede, String... lines) {
    String own = String.join("\n", lines) + "\n";
    String text =
        "apiVersion: bumpless.dev/v1\nkind: Rollout\nname: "
            + name
            + "\n"
            + (own.startsWith("app:") ? "" : "app: pump@2\n")
            + (own.contains("target:") ? "" : "target: { all: true }\n")
            + own;
    return new WaveRequest(RolloutParser.parse(text, "r.yaml"), Optional.empty(), supersede);
  }

  private Rollout failedOnTheFirst() {
    Rollout rollout = start();
    desk.says(devices.get(0), Phase.ROLLED_BACK);
    commit(1);
    commit(2);
    waves.steer("pump-2", Verb.RESUME, desk.now);
    assertThat(now(rollout).isDone()).isTrue();
    return rollout;
  }

  private void commit(int device) {
    desk.says(devices.get(device), Phase.COMMITTED);
    tick();
  }

  private void tick() {
    waves.tick(desk.now);
  }

  private Rollout now(Rollout rollout) {
    return desk.rolloutStore.find(rollout.id()).orElseThrow();
  }

  private Course course(Rollout rollout) {
    return now(rollout).course().orElseThrow();
  }

  private Target target(Rollout rollout, DeviceId device) {
    return desk.rolloutStore.target(rollout.id(), device).orElseThrow();
  }

  private List<DeviceId> issued(Rollout rollout) {
    return now(rollout).targets().stream().filter(Target::issued).map(Target::device).toList();
  }

  private String waiting(Rollout rollout, int device) {
    return String.valueOf(RolloutPlanner.waiting(now(rollout), desk.now).get(devices.get(device)));
  }

  private long counter(DeviceId device) {
    return desk.revision(device).release().counter();
  }

  private static void assertProblem(Code code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().code()).isEqualTo(code));
  }

  private static void assertRefused(String why, ThrowingCallable call) {
    assertProblem(Code.CONFLICT, call);
    assertThatThrownBy(call).hasMessageContaining(why);
  }
}
