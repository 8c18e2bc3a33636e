package dev.bumpless.controller.rollout;

import static dev.bumpless.controller.rollout.SomeRollout.NOW;
import static dev.bumpless.controller.rollout.SomeRollout.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.controller.rollout.Course.State;
import dev.bumpless.controller.rollout.RolloutStep.Admit;
import dev.bumpless.controller.rollout.RolloutStep.Cancel;
import dev.bumpless.controller.rollout.RolloutStep.Expire;
import dev.bumpless.controller.rollout.RolloutStep.Finish;
import dev.bumpless.controller.rollout.RolloutStep.IssueOrder;
import dev.bumpless.controller.rollout.RolloutStep.OpenNextWave;
import dev.bumpless.controller.rollout.RolloutStep.Pause;
import dev.bumpless.controller.rollout.RolloutStep.Recall;
import dev.bumpless.controller.rollout.RolloutStep.RollBack;
import dev.bumpless.controller.rollout.RolloutStep.Settle;
import dev.bumpless.controller.rollout.RolloutStep.Supersede;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What follows from how a rollout stands: one row each. */
class WavePlannerTest {
  private static final String TWO_WAVES = "waves: [ { devices: 2 }, { percent: 100 } ]";
  private static final String APPROVED =
      "waves: [ { devices: 1, then: approve }, { percent: 100 } ]";
  private static final String WATCHED = "waves: [ { devices: 1, after: 10m }, { percent: 100 } ]";
  private static final Duration LONG_AGO = Duration.ofMinutes(5);

  @Nested
  class Orders {
    @Test
    void goToTheOpenWaveAlone() {
      SomeRollout rollout = SomeRollout.of(TWO_WAVES).planned(0, 1, 2).planned(1, 3, 4);

      assertThat(ordered(rollout)).containsExactly(id(1), id(2));
      assertThat(rollout.waiting().get(id(3)))
          .isEqualTo("wave 2: wave 1 is under way, 2 of 2 not at their end");
    }

    @Test
    void fromFarAheadWereMadeBeforeTheClockWasSet() {
      SomeRollout rollout =
          SomeRollout.of("limits: { perMinute: 2 }")
              .sent(0, 1, Duration.ofSeconds(-59))
              .sent(0, 2, Duration.ofSeconds(-61))
              .planned(0, 3, 4);

      assertThat(ordered(rollout)).containsExactly(id(3));
    }

    @Test
    void areNoMoreThanMayGoInAMinute() {
      SomeRollout rollout =
          SomeRollout.of("limits: { perMinute: 2 }")
              .sent(0, 1, Duration.ofSeconds(59))
              .sent(0, 2, Duration.ofSeconds(61))
              .planned(0, 3, 4);

      assertThat(ordered(rollout)).containsExactly(id(3));
    }

    @Test
    void countInTheirMinuteAlthoughTheyWereTakenBack() {
      SomeRollout rollout =
          SomeRollout.of("limits: { perMinute: 1 }")
              .add(SomeRollout.of().sent(0, 1, Duration.ofSeconds(9)).target(1).withRecalled(NOW));

      assertThat(ordered(rollout)).isEmpty();
      assertThat(rollout.waiting().get(id(1))).isEqualTo("at most 1 orders go out in a minute");
    }

    @Test
    void countAtTheirSiteUntilTheDeviceHasToldWhatItHeardBeforeTheyWereTakenBack() {
      Target perhapsHeard = SomeRollout.of().sentAt("a", 2).target(2).withRecalled(NOW);
      SomeRollout rollout =
          SomeRollout.of("limits: { inFlightPerSite: 1 }").plannedAt("a", 1).add(perhapsHeard);

      assertThat(ordered(rollout)).containsExactly(id(2));
      assertThat(rollout.waiting().get(id(1))).isEqualTo("1 of at most 1 under way at site a");

      Target dropped =
          perhapsHeard.withReport(SomeRollout.report(Phase.CANCELLED, Optional.empty()), NOW);
      assertThat(
              ordered(
                  SomeRollout.of("limits: { inFlightPerSite: 1 }").plannedAt("a", 1).add(dropped)))
          .containsExactly(id(1));
    }

    @Test
    void leaveASiteAloneThatHasItsShareUnderWay() {
      SomeRollout rollout =
          SomeRollout.of("limits: { inFlightPerSite: 1 }")
              .sentAt("a", 1)
              .plannedAt("a", 2)
              .plannedAt("b", 3, 4)
              .planned(0, 5, 6);

      assertThat(ordered(rollout)).containsExactly(id(3), id(5), id(6));
      assertThat(rollout.waiting().get(id(2))).isEqualTo("1 of at most 1 under way at site a");
    }
  }

  @Nested
  class Windows {
    private static final String SUNDAY = "window: { cron: \"0 2 * * SUN\", length: 2h }";
    private static final String OPEN = "window: { cron: \"0 9 * * *\", length: 2h }";
    private static final String CLOSED = "window: { cron: \"0 7 * * *\", length: 2h }";
    private static final Duration LATE_INSIDE = Duration.ofMinutes(65);

    @Test
    void doNotKeepOrdersBack() {
      assertThat(ordered(SomeRollout.of(SUNDAY).planned(0, 1))).containsExactly(id(1));
      assertThat(ordered(SomeRollout.of(OPEN).planned(0, 1))).containsExactly(id(1));
    }

    @Test
    void thatAreAheadLetADeviceBeSilentForDays() {
      assertThat(
              SomeRollout.of(SUNDAY)
                  .sent(0, 1, Duration.ofDays(3))
                  .sent(0, 2, LONG_AGO)
                  .said(0, 3, Phase.WAITING)
                  .plan())
          .isEmpty();
    }

    @Test
    void letTheDeadlineCountFromTheirOpening() {
      SomeRollout rollout =
          SomeRollout.of(OPEN, "deadline: 1h").sent(0, 1, Duration.ofHours(5)).planned(0, 2);
      assertThat(rollout.plan())
          .containsExactly(
              new Expire(
                  rollout.target(1),
                  "no end within 1h of its order and the opening of its window;"
                      + " it never answered, and the order was withdrawn"));
      assertThat(SomeRollout.of(OPEN, "deadline: 61m").sent(0, 1, Duration.ofHours(5)).plan())
          .isEmpty();
    }

    @Test
    void thatADeviceLetPassMakeItFailHoweverLongItsDeadline() {
      SomeRollout rollout =
          SomeRollout.of(CLOSED, "deadline: 9h").sent(0, 1, Duration.ofHours(4)).planned(0, 2);

      assertThat(rollout.plan()).hasOnlyElementsOfType(Expire.class).hasSize(1);
    }

    @Test
    void thatAreOverBeforeItCouldBeginAreFollowedByTheNext() {
      SomeRollout rollout =
          SomeRollout.of(CLOSED, "deadline: 3h").sent(0, 1, LATE_INSIDE).planned(1);

      assertThat(rollout.plan()).containsExactly(new IssueOrder(rollout.target(1)));
    }

    @Test
    void doNotStopWhatHasBegun() {
      SomeRollout rollout = SomeRollout.of(CLOSED, "deadline: 3h");
      rollout.add(
          SomeRollout.of()
              .sent(0, 1, LATE_INSIDE)
              .target(1)
              .withReport(
                  SomeRollout.report(Phase.STARTING, Optional.empty()), NOW.minusSeconds(3700)));

      assertThat(rollout.plan()).isEmpty();
    }

    @Test
    void doNotPutOffTheDeadlineOfWhatWasForced() {
      SomeRollout rollout = SomeRollout.of(SUNDAY, "deadline: 5m");
      rollout.add(
          SomeRollout.of()
              .sent(0, 1, Duration.ofDays(1))
              .target(1)
              .withReport(
                  SomeRollout.report(Phase.PROBING, Optional.empty()), NOW.minus(LONG_AGO)));

      assertThat(rollout.plan()).hasOnlyElementsOfType(Expire.class).hasSize(1);
    }

    @Test
    void haveNoMoreMadeReadyThanMayBeginAtOnce() {
      SomeRollout rollout =
          SomeRollout.of(SUNDAY, "limits: { perMinute: 2 }")
              .sent(0, 1, Duration.ofHours(9))
              .said(0, 2, Phase.WAITING)
              .planned(0, 3);

      assertThat(rollout.plan()).isEmpty();
      assertThat(rollout.waiting().get(id(3)))
          .isEqualTo(
              "at most 2 orders go out in a minute, and 2 of them begin when the window opens");
    }

    @Test
    void thatHaveJustOpenedCountThoseThatAreDoneAlready() {
      String justOpen = "window: { cron: \"0 10 * * *\", length: 2h }";
      SomeRollout rollout =
          SomeRollout.of(justOpen, "limits: { perMinute: 1 }")
              .said(0, 1, Phase.COMMITTED)
              .planned(0, 2);

      assertThat(rollout.plan()).isEmpty();
      assertThat(
              ordered(
                  SomeRollout.of(OPEN, "limits: { perMinute: 1 }")
                      .said(0, 1, Phase.COMMITTED)
                      .planned(0, 2)))
          .containsExactly(id(2));
    }

    @Test
    void areWaitedForByNobodyWhoseRolloutIsPausedOrOver() {
      for (State state : List.of(State.PAUSED, State.ABORTED, State.ROLLED_BACK)) {
        SomeRollout rollout =
            SomeRollout.of(SUNDAY)
                .said(0, 1, Phase.WAITING)
                .said(0, 2, Phase.BAKING)
                .in(state, "by hand");

        assertThat(rollout.plan())
            .containsExactly(
                new Recall(rollout.target(1), "the rollout is " + state + ": by hand"));
      }
    }

    @Test
    void keepWhoDoesNotKnowYetThatItsOrderWasTakenBackUnderWay() {
      Target unaware =
          SomeRollout.of().said(0, 1, Phase.WAITING).target(1).withRecalled(NOW.minusSeconds(9));
      SomeRollout aborted =
          SomeRollout.of(SUNDAY).add(unaware).planned(0, 2).in(State.ABORTED, "by hand");

      assertThat(unaware.isInFlight()).isTrue();
      assertThat(aborted.plan())
          .containsExactly(new Cancel(aborted.target(2), "the rollout is ABORTED: by hand"));
      assertThat(aborted.waiting().get(id(1)))
          .isEqualTo(
              "the rollout is ABORTED: by hand; its order was taken back, and until it hears of"
                  + " that it may begin inside its window, from 2026-11-29T02:00:00Z until"
                  + " 2026-11-29T04:00:00Z");
      assertThat(ordered(SomeRollout.of(SUNDAY, "limits: { perMinute: 1 }").add(unaware)))
          .containsExactly(id(1));
    }

    @Test
    void areForgottenOnceTheDeviceHasDroppedItsOrder() {
      Target dropped =
          SomeRollout.of()
              .said(0, 1, Phase.WAITING)
              .target(1)
              .withRecalled(NOW)
              .withReport(SomeRollout.report(Phase.CANCELLED, Optional.empty()), NOW);

      assertThat(dropped.isAsked()).isFalse();
      assertThat(dropped.isFinished()).isFalse();
      Target again = dropped.withIssued(2, NOW);
      assertThat(again.withReport(SomeRollout.report(Phase.CANCELLED, Optional.empty()), NOW))
          .isEqualTo(again);
    }
  }

  @Nested
  class Gates {
    @Test
    void aWaveSettlesWhenNobodyIsUnderWay() {
      assertThat(
              SomeRollout.of(TWO_WAVES)
                  .said(0, 1, Phase.COMMITTED)
                  .said(0, 2, Phase.UNCHANGED)
                  .planned(1, 3)
                  .plan())
          .containsExactly(new Settle(Optional.of(NOW)));
      assertThat(
              SomeRollout.of(TWO_WAVES)
                  .said(0, 1, Phase.COMMITTED)
                  .said(0, 2, Phase.BAKING)
                  .planned(1, 3)
                  .plan())
          .isEmpty();
    }

    @Test
    void withNoGateTheNextWaveGoes() {
      assertThat(
              SomeRollout.of(TWO_WAVES)
                  .said(0, 1, Phase.COMMITTED)
                  .planned(1, 3)
                  .settled(Duration.ZERO)
                  .plan())
          .containsExactly(new OpenNextWave());
    }

    @Test
    void approvalIsAPersonsAlone() {
      SomeRollout rollout =
          SomeRollout.of(APPROVED)
              .said(0, 1, Phase.COMMITTED)
              .planned(1, 3)
              .settled(Duration.ofDays(9));

      assertThat(rollout.plan()).isEmpty();
      assertThat(rollout.waiting().get(id(3)))
          .isEqualTo("wave 2: waits for approval: bumpless rollout approve pump-2");
    }

    @Test
    void watchingTakesItsTime() {
      SomeRollout young =
          SomeRollout.of(WATCHED).said(0, 1, Phase.COMMITTED).planned(1, 3).settled(LONG_AGO);

      assertThat(young.plan()).isEmpty();
      assertThat(young.waiting().get(id(3)))
          .isEqualTo("wave 2: wave 1 is watched until 2026-11-26T10:05:00Z");
      assertThat(young.settled(Duration.ofMinutes(10)).plan()).containsExactly(new OpenNextWave());
    }

    @Test
    void aWaveThatIsUnderWayAgainIsNotSettled() {
      assertThat(
              SomeRollout.of(WATCHED)
                  .said(0, 1, Phase.PULLING)
                  .planned(1, 3)
                  .settled(LONG_AGO)
                  .plan())
          .containsExactly(new Settle(Optional.empty()));
    }

    @Test
    void withASuccessThresholdTheRestMayStillBeUnderWay() {
      String limits = "limits: { success: 50 }";
      assertThat(
              SomeRollout.of(TWO_WAVES, limits)
                  .said(0, 1, Phase.COMMITTED)
                  .said(0, 2, Phase.PULLING)
                  .planned(1, 3)
                  .plan())
          .containsExactly(new Settle(Optional.of(NOW)));
      assertThat(
              SomeRollout.of(TWO_WAVES, "limits: { success: 60, failures: 1 }")
                  .said(0, 1, Phase.COMMITTED)
                  .said(0, 2, Phase.ROLLED_BACK)
                  .planned(1, 3)
                  .plan())
          .containsExactly(new Pause("1 of 2 devices of wave 1 succeeded, 60 % have to"));
    }

    @Test
    void theLastWaveFinishesIt() {
      assertThat(SomeRollout.of().said(0, 1, Phase.COMMITTED).plan()).containsExactly(new Finish());
      assertThat(SomeRollout.of("limits: { failures: 1 }").said(0, 1, Phase.REJECTED).plan())
          .containsExactly(new Finish());
    }
  }

  @Nested
  class Failures {
    @Test
    void oneMoreThanMayPausesIt() {
      SomeRollout rollout =
          SomeRollout.of("limits: { failures: 1 }")
              .said(0, 1, Phase.ROLLED_BACK)
              .said(0, 2, Phase.REJECTED)
              .planned(0, 3);

      assertThat(rollout.plan()).containsExactly(new Pause("2 failed, at most 1 may"));
    }

    @Test
    void ofAShareCountTheirWaveAndNotTheFleet() {
      SomeRollout rollout =
          SomeRollout.of(TWO_WAVES, "limits: { failures: 20% }")
              .said(0, 1, Phase.ROLLED_BACK)
              .planned(0, 2)
              .planned(1, 3, 4, 5, 6, 7, 8, 9, 10);

      assertThat(rollout.plan())
          .containsExactly(new Pause("1 of wave 1 failed, at most 0 may (20% of 2)"));
    }

    @Test
    void takeItBackWhereTheManifestSaysSo() {
      assertThat(
              SomeRollout.of("onFailure: rollback")
                  .said(0, 1, Phase.ROLLED_BACK)
                  .planned(0, 2)
                  .plan())
          .containsExactly(new RollBack("1 failed, at most 0 may"));
    }

    @Test
    void aLongGapIsOneAlthoughTheDeviceCommitted() {
      Duration gap = Duration.ofMillis(251);
      SomeRollout rollout =
          SomeRollout.of("limits: { gap: 250ms }")
              .said(0, 1, Phase.COMMITTED, Optional.of(gap))
              .planned(0, 2);

      assertThat(rollout.plan()).containsExactly(new Pause("1 failed, at most 0 may"));
      assertThat(
              SomeRollout.of("limits: { gap: 251ms }")
                  .said(0, 1, Phase.COMMITTED, Optional.of(gap))
                  .plan())
          .containsExactly(new Finish());
    }

    @Test
    void silencePastTheDeadlineIsOne() {
      SomeRollout rollout =
          SomeRollout.of("deadline: 5m")
              .sent(0, 1, LONG_AGO)
              .sent(0, 2, LONG_AGO.minusSeconds(1))
              .planned(0, 3);

      assertThat(rollout.plan())
          .containsExactly(
              new Expire(
                  rollout.target(1),
                  "no end within 5m of its order; it never answered, and the order was withdrawn"));
    }

    @Test
    void thatAPersonExcusedDoNotCountAgain() {
      SomeRollout rollout =
          SomeRollout.of()
              .add(SomeRollout.of().said(0, 1, Phase.ROLLED_BACK).target(1).withExcuse(NOW))
              .planned(0, 2);

      assertThat(ordered(rollout)).containsExactly(id(2));
    }

    @Test
    void devicesThatANewerRolloutTookAreNone() {
      SomeRollout rollout =
          SomeRollout.of()
              .add(SomeRollout.of().planned(0, 1).target(1).withVerdict(Phase.SUPERSEDED, NOW))
              .planned(0, 2);

      assertThat(ordered(rollout)).containsExactly(id(2));
    }
  }

  @Nested
  class States {
    @Test
    void pausedItSendsNothingAndTakesBackWhatNobodyHas() {
      SomeRollout rollout =
          SomeRollout.of()
              .sent(0, 1, LONG_AGO)
              .said(0, 2, Phase.PULLING)
              .planned(0, 3)
              .in(State.PAUSED, "by hand");

      assertThat(rollout.plan())
          .containsExactly(new Recall(rollout.target(1), "the rollout is PAUSED: by hand"));
      assertThat(rollout.waiting().get(id(3))).isEqualTo("the rollout is PAUSED: by hand");
    }

    @Test
    void abortedItSeesToItsEndWhatHasBegunAndCancelsTheRest() {
      SomeRollout rollout =
          SomeRollout.of().said(0, 2, Phase.PULLING).planned(0, 3).in(State.ABORTED, "by hand");

      assertThat(rollout.plan())
          .containsExactly(new Cancel(rollout.target(3), "the rollout is ABORTED: by hand"));
    }

    @Test
    void aDeviceThatANewerRolloutHasIsGivenUpInAnyState() {
      for (State state : State.values()) {
        SomeRollout rollout = SomeRollout.of().planned(0, 1).in(state, "");
        assertThat(
                RolloutPlanner.plan(
                    rollout.rollout(), new Surroundings(Set.of(id(1)), Map.of()), NOW))
            .containsExactly(new Supersede(rollout.target(1)));
      }
    }

    @Test
    void aDeviceThatCameLaterIsAdmitted() {
      Surroundings around =
          new Surroundings(Set.of(), Map.of(id(1), Optional.of("a"), id(2), Optional.of("b")));

      assertThat(
              RolloutPlanner.plan(
                  SomeRollout.of(TWO_WAVES).said(0, 1, Phase.PULLING).rollout(), around, NOW))
          .containsExactly(new Admit(id(2), Optional.of("b")));
    }

    @Test
    void aWindowThatIsOverForGoodPausesIt() {
      assertThat(
              SomeRollout.of("window: { at: \"2026-11-26T01:00\", length: 1h }")
                  .planned(0, 1)
                  .plan())
          .containsExactly(new Pause("the window is over and not everybody had his turn"));
      assertThat(
              SomeRollout.of("window: { at: \"2026-11-26T08:00\", length: 2h }", "deadline: 9h")
                  .sent(0, 1, LONG_AGO)
                  .plan())
          .containsExactly(new Pause("the window is over and not everybody had his turn"));
    }
  }

  private static List<DeviceId> ordered(SomeRollout rollout) {
    return rollout.plan().stream().map(step -> ((IssueOrder) step).target().device()).toList();
  }
}
