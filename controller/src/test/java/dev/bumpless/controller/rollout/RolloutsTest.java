package dev.bumpless.controller.rollout;

import static dev.bumpless.controller.rollout.Desk.PUMP;
import static dev.bumpless.controller.rollout.Desk.on;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.controller.fleet.Selection;
import dev.bumpless.controller.problem.Problem.Code;
import dev.bumpless.controller.problem.ProblemException;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.manifest.Port;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RolloutsTest {
  private static final Selection ALL = new Selection(List.of(), Map.of(), true);

  private final Desk desk = new Desk();

  @Nested
  class Targets {
    @Test
    void anAppThatRunsNowhereGoesToTheOnlyDevice() {
      DeviceId one = desk.online("dev-1");

      Rollout rollout = desk.apply("reg.example/pump:1", Selection.NONE);

      assertThat(rollout.targets()).extracting(Target::device).containsExactly(one);
      assertThat(desk.revision(one)).isEqualTo(revision(1, 1));
    }

    @Test
    void withTwoDevicesSomebodyHasToSayWhich() {
      desk.online("dev-1");
      desk.online("dev-2");

      assertProblem(Code.NO_TARGET, () -> desk.apply("reg.example/pump:1", Selection.NONE));
      assertThat(desk.releaseStore.apps()).isEmpty();
    }

    @Test
    void leftOutItIsEveryDeviceThatHasTheApp() {
      DeviceId one = desk.online("dev-1");
      DeviceId two = desk.online("dev-2");
      desk.online("dev-3");
      desk.apply("reg.example/pump:1", on(one, two));

      Rollout rollout = desk.apply("reg.example/pump:2", Selection.NONE);

      assertThat(rollout.targets()).extracting(Target::device).containsExactly(one, two);
    }

    @Test
    void labelsChooseAndNamesNobodyKnowsAreRefused() {
      DeviceId one = desk.online("dev-1");
      desk.online("dev-2");
      desk.fleet.label(one, Map.of("site", "a", "arch", "amd64"));

      Rollout rollout =
          desk.apply("reg.example/pump:1", new Selection(List.of(), Map.of("site", "a"), false));

      assertThat(rollout.targets()).extracting(Target::device).containsExactly(one);
      Selection nobody = new Selection(List.of(), Map.of("site", "b", "arch", "amd64"), false);
      assertProblem(Code.NO_TARGET, () -> desk.apply("reg.example/pump:1", nobody));
      assertThatThrownBy(() -> desk.apply("reg.example/pump:1", nobody))
          .hasMessageContaining("no device has the labels arch=amd64, site=b");
      assertProblem(
          Code.NOT_FOUND, () -> desk.apply("reg.example/pump:1", on(new DeviceId("dev-9"))));
    }

    @Test
    void aDeviceThatIsOfflineGetsItsOrderToo() {
      DeviceId one = desk.device("dev-1");

      Rollout rollout = desk.apply("reg.example/pump:1", ALL);

      assertThat(desk.phase(rollout, one)).isEqualTo(Phase.WAITING);
      assertThat(desk.book.unheard(one, desk.now)).hasSize(1);
    }

    @Test
    void afterADeleteNobodyHasTheApp() {
      DeviceId one = desk.online("dev-1");
      desk.apply("reg.example/pump:1", on(one));
      desk.says(one, Phase.COMMITTED);
      desk.start(new Command.Delete(PUMP));
      desk.says(one, Phase.DELETED);

      assertProblem(Code.NOT_FOUND, () -> desk.start(new Command.Restart(PUMP)));
    }
  }

  @Nested
  class Attempts {
    private final DeviceId one = desk.online("dev-1");

    @Test
    void theSameManifestIsTheSameReleaseAndTheSameAttempt() {
      desk.apply("reg.example/pump:1", Selection.NONE);
      desk.says(one, Phase.COMMITTED);

      Rollout again = desk.apply("reg.example/pump:1", Selection.NONE);

      assertThat(again.release()).contains(new ReleaseId(PUMP, 1));
      assertThat(desk.revision(one)).isEqualTo(revision(1, 1));
    }

    @Test
    void aTagThatMovedIsANewRelease() {
      desk.apply("reg.example/pump:1", Selection.NONE);
      desk.registry.push("reg.example/pump:1", "something else");

      desk.apply("reg.example/pump:1", Selection.NONE);

      assertThat(desk.revision(one)).isEqualTo(revision(2, 1));
    }

    @Test
    void applyingWhatFailedIsANewAttempt() {
      desk.apply("reg.example/pump:1", Selection.NONE);
      desk.says(one, Phase.ROLLED_BACK);

      desk.apply("reg.example/pump:1", Selection.NONE);

      assertThat(desk.revision(one)).isEqualTo(revision(1, 2));
    }

    @Test
    void aRestartIsANewAttemptAndAStartAfterAStopIsNot() {
      desk.apply("reg.example/pump:1", Selection.NONE);
      desk.says(one, Phase.COMMITTED);

      desk.start(new Command.Restart(PUMP));
      assertThat(desk.revision(one)).isEqualTo(revision(1, 2));
      desk.says(one, Phase.COMMITTED);

      desk.start(new Command.Stop(PUMP));
      assertThat(desk.order(one).action()).isEqualTo(new Order.Stop(PUMP));
      desk.says(one, Phase.STOPPED);

      desk.start(new Command.Start(PUMP));
      assertThat(desk.revision(one)).isEqualTo(revision(1, 2));
    }

    @Test
    void undoNamesTheVeryRevisionThatRanBeforeSoThatAWarmSlotIsUsed() {
      desk.apply("reg.example/pump:1", Selection.NONE);
      desk.says(one, Phase.COMMITTED);
      desk.apply("reg.example/pump:2", Selection.NONE);
      desk.says(one, Phase.COMMITTED);

      desk.start(new Command.Undo(PUMP, OptionalLong.empty()));
      assertThat(desk.revision(one)).isEqualTo(revision(1, 1));
      desk.says(one, Phase.COMMITTED);

      desk.start(new Command.Undo(PUMP, OptionalLong.empty()));
      assertThat(desk.revision(one)).isEqualTo(revision(2, 1));
    }

    @Test
    void undoOfAFailedReleaseGoesToTheOneThatServes() {
      desk.apply("reg.example/pump:1", Selection.NONE);
      desk.says(one, Phase.COMMITTED);
      desk.apply("reg.example/pump:2", Selection.NONE);
      desk.says(one, Phase.ROLLED_BACK);

      desk.start(new Command.Undo(PUMP, OptionalLong.empty()));

      assertThat(desk.revision(one)).isEqualTo(revision(1, 1));
    }

    @Test
    void undoTakesBackTheLastRolloutOnTheDevicesThatItWentTo() {
      DeviceId other = desk.online("gw-9");
      desk.apply("reg.example/pump:1", on(one, other));
      desk.says(one, Phase.COMMITTED);
      desk.says(other, Phase.COMMITTED);
      desk.apply("reg.example/pump:2", on(one));
      desk.says(one, Phase.COMMITTED);
      for (int i = 0; i < 30; i++) {
        desk.start(new Command.Restart(PUMP), on(other));
        desk.says(other, Phase.COMMITTED);
      }

      Rollout undo = desk.start(new Command.Undo(PUMP, OptionalLong.empty()));

      assertThat(undo.targets()).extracting(Target::device).containsExactly(one);
      assertThat(desk.revision(one)).isEqualTo(revision(1, 1));
    }

    @Test
    void undoToAReleaseByName() {
      for (int i = 1; i <= 3; i++) {
        desk.apply("reg.example/pump:" + i, Selection.NONE);
        desk.says(one, Phase.COMMITTED);
      }

      desk.start(new Command.Undo(PUMP, OptionalLong.of(1)));

      assertThat(desk.revision(one)).isEqualTo(revision(1, 1));
      assertProblem(Code.NOT_FOUND, () -> desk.start(new Command.Undo(PUMP, OptionalLong.of(9))));
    }

    @Test
    void withNothingBeforeThereIsNothingToUndo() {
      desk.apply("reg.example/pump:1", Selection.NONE);
      desk.says(one, Phase.COMMITTED);

      assertProblem(Code.CONFLICT, () -> desk.start(new Command.Undo(PUMP, OptionalLong.empty())));
    }

    @Test
    void setImageChangesWhatWasAskedForLastWhichAfterAnUndoIsTheOlderOne() {
      desk.apply("pump", "reg.example/pump:1", 502, Selection.NONE);
      desk.says(one, Phase.COMMITTED);
      desk.apply("pump", "reg.example/pump:1", 503, Selection.NONE);
      desk.says(one, Phase.COMMITTED);
      desk.start(new Command.Undo(PUMP, OptionalLong.empty()));
      desk.says(one, Phase.COMMITTED);

      desk.start(new Command.SetImage(PUMP, Map.of("main", ImageRef.parse("reg.example/pump:2"))));

      assertThat(desk.revision(one)).isEqualTo(revision(3, 1));
      assertThat(desk.releases.require(new ReleaseId(PUMP, 3)).release().app().ports())
          .extracting(Port::listen)
          .containsExactly(502);
      assertProblem(
          Code.NOT_FOUND,
          () ->
              desk.start(
                  new Command.SetImage(PUMP, Map.of("other", ImageRef.parse("reg.example/x:1")))));
    }
  }

  @Nested
  class Progress {
    private final DeviceId one = desk.online("dev-1");

    @Test
    void aRolloutIsDoneWhenEveryDeviceIsAndSucceededWhenAllDid() {
      DeviceId two = desk.online("dev-2");
      Rollout rollout = desk.apply("reg.example/pump:1", ALL);

      desk.says(one, Phase.COMMITTED);
      assertThat(desk.rolloutStore.find(rollout.id()).orElseThrow().isDone()).isFalse();

      desk.says(two, Phase.ROLLED_BACK);
      Rollout after = desk.rolloutStore.find(rollout.id()).orElseThrow();
      assertThat(after.isDone()).isTrue();
      assertThat(after.isSucceeded()).isFalse();
    }

    @Test
    void aNewerRolloutTakesOverWhatTheOlderHasNotFinished() {
      DeviceId two = desk.online("dev-2");
      Rollout first = desk.apply("reg.example/pump:1", ALL);
      Order before = desk.order(one);
      desk.says(two, Phase.COMMITTED);

      Rollout second = desk.apply("reg.example/pump:2", on(one));

      assertThat(desk.phase(first, one)).isEqualTo(Phase.SUPERSEDED);
      assertThat(desk.phase(first, two)).isEqualTo(Phase.COMMITTED);
      assertThat(desk.phase(second, one)).isEqualTo(Phase.WAITING);

      desk.says(one, before, Phase.COMMITTED);
      assertThat(desk.phase(first, one)).isEqualTo(Phase.SUPERSEDED);
    }

    @Test
    void rolloutsOfOtherAppsAreLeftAlone() {
      Rollout pump = desk.apply("reg.example/pump:1", ALL);

      desk.apply("valve", "reg.example/valve:1", 1502, ALL);

      assertThat(desk.phase(pump, one)).isEqualTo(Phase.WAITING);
    }

    @Test
    void ordersThatADyingControllerDidNotMakeAreMadeWhenItIsBack() {
      Rollout rollout = desk.apply("reg.example/pump:1", ALL);
      Target target = rollout.targets().get(0);
      Rollout orphan =
          new Rollout(
              new java.util.UUID(7, 7),
              PUMP,
              "apply",
              desk.now,
              "apply pump",
              List.of(Target.planned(one, target.action(), desk.now)));
      desk.rolloutStore.save(orphan);

      desk.rollouts.resume(desk.now);

      assertThat(desk.order(one).id()).isEqualTo(orphan.id());
      assertThat(desk.phase(rollout, one)).isEqualTo(Phase.SUPERSEDED);
    }
  }

  @Nested
  class Refusals {
    private final DeviceId one = desk.online("dev-1");

    @Test
    void aPortThatAnotherAppOfTheDeviceHas() {
      desk.apply("valve", "reg.example/valve:1", 502, ALL);

      assertProblem(Code.CONFLICT, () -> desk.apply("pump", "reg.example/pump:1", 502, ALL));
      assertThat(desk.orderStore.ordersOf(one)).hasSize(1);
    }

    @Test
    void aPortOfAReleaseThatFailedThereIsFree() {
      desk.apply("pump", "reg.example/pump:1", 502, ALL);
      desk.says(one, Phase.COMMITTED);
      desk.apply("valve", "reg.example/valve:1", 503, ALL);
      desk.says(one, orderFor("valve"), Phase.ROLLED_BACK);

      desk.apply("pump", "reg.example/pump:2", 503, ALL);

      assertThat(desk.revision(one)).isEqualTo(revision(2, 1));
    }

    @Test
    void aPortOfAnAppThatIsStillToAnswerIsTaken() {
      desk.apply("valve", "reg.example/valve:1", 503, ALL);
      desk.says(one, orderFor("valve"), Phase.PULLING);

      assertProblem(Code.CONFLICT, () -> desk.apply("pump", "reg.example/pump:1", 503, ALL));
    }

    private Order orderFor(String app) {
      return desk.orderStore.ordersOf(one).stream()
          .map(StoredOrder::order)
          .filter(order -> order.app().value().equals(app))
          .findFirst()
          .orElseThrow();
    }

    @Test
    void aPortOfAnAppThatIsGone() {
      desk.apply("valve", "reg.example/valve:1", 502, ALL);
      desk.start(new Command.Delete(new dev.bumpless.manifest.AppName("valve")));

      desk.apply("pump", "reg.example/pump:1", 502, ALL);

      assertThat(desk.revision(one)).isEqualTo(revision(1, 1));
    }

    @Test
    void anImageForAnotherProcessor() {
      desk.apply("reg.example/pump:1", ALL);
      desk.says(one, Phase.COMMITTED);
      desk.registry.pushFor("reg.example/pump:2", "linux/arm64/v8");

      assertProblem(Code.UNSUPPORTED, () -> desk.apply("reg.example/pump:2", ALL));
      assertThat(desk.revision(one)).isEqualTo(revision(1, 1));
    }

    @Test
    void anImageThatDoesNotExist() {
      assertProblem(Code.IMAGE_NOT_FOUND, () -> desk.apply("reg.example/pump:missing", ALL));
      assertThat(desk.rolloutStore.recent(java.util.Optional.empty(), 10)).isEmpty();
    }
  }

  private static Revision revision(long counter, int attempt) {
    return new Revision(new ReleaseId(PUMP, counter), attempt);
  }

  private static void assertProblem(Code code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(Set.of(e.problem().code())).containsExactly(code);
              assertThat(e.problem().hint()).isNotBlank();
            });
  }
}
