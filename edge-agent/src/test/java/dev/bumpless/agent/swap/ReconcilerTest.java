package dev.bumpless.agent.swap;

import static dev.bumpless.agent.swap.Apps.PUMP;
import static dev.bumpless.agent.swap.Apps.key;
import static dev.bumpless.agent.swap.Apps.release;
import static dev.bumpless.agent.swap.Apps.run;
import static dev.bumpless.agent.swap.Slot.BLUE;
import static dev.bumpless.agent.swap.Slot.GREEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.AppReport.StepTime;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.Revision;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whole swaps on a device of fakes. */
@ExtendWith(QuietLogs.class)
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
    assertThat(device.reporter.all())
        .as("the end of the order before is no step of this one")
        .flatExtracting(AppReport::steps)
        .extracting(StepTime::name)
        .doesNotContain("COMMITTED");
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
    assertThat(end.message()).containsOnlyOnce("container 'web'").contains("restarted 1 time");
    assertThat(device.router.serving(PUMP)).containsExactly(key(BLUE, 0));
    assertThat(device.engine.observed())
        .extracting(ObservedContainer::instance)
        .containsExactly(key(BLUE, 0));
  }

  @Test
  void deathThatTheEngineTellsAfterTheClientsDidIsToldToo() throws IOException {
    install();
    Desired second = run(2, release(2), 1);
    device.order(second);
    device.runTo(second, Phase.BAKING);
    device.router.failRequests(key(GREEN, 0), 12);
    device.runTo(second, Phase.ROLLING_BACK);
    device.engine.kill(key(GREEN, 0));

    AppReport end = device.runToEnd(second);

    assertThat(end.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(end.message())
        .contains("refused or dropped 12 requests of clients; container 'web' of green/0")
        .contains("restarted 1 time");
    assertThat(device.journal.of(PUMP).orElseThrow().failureOf(new Revision(release(2).id(), 1)))
        .hasValueSatisfying(reason -> assertThat(reason).contains("restarted 1 time"));
    assertOnlyBlueIsThere();
  }

  private AppReport upgradeTo(Release release) throws IOException {
    Desired second = run(2, release, 1);
    device.order(second);
    return device.runToEnd(second);
  }

  private void assertOnlyBlueIsThere() {
    assertThat(device.router.serving(PUMP)).containsExactly(key(BLUE, 0));
    assertThat(device.engine.observed())
        .extracting(ObservedContainer::instance)
        .containsExactly(key(BLUE, 0));
    device.rules.checkAtRest(PUMP);
  }

  @Test
  void releaseThatExitsAtOnceIsRolledBackWithItsExitCodeAndLastWords() throws IOException {
    install();
    device.engine.behave(2, Behaviour.EXITS_AT_ONCE);

    AppReport end = upgradeTo(release(2));

    assertThat(end.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(end.message())
        .contains(
            "container 'web' of green/0 exited with code 1; it wrote last: 'fake: no reason'");
    assertOnlyBlueIsThere();
  }

  @Test
  void releaseThatIsKilledIsToldToHavePerhapsHadTooLittleMemory() throws IOException {
    install();
    device.engine.behave(2, Behaviour.healthyAfter(Duration.ofSeconds(20)));
    Desired second = run(2, release(2), 1);
    device.order(second);
    device.runTo(second, Phase.PROBING);
    device.engine.kill(key(GREEN, 0));

    AppReport end = device.runToEnd(second);

    assertThat(end.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(end.message())
        .contains("exited with code 137 (killed, by somebody or for memory, limit ")
        .contains("; it wrote last: 'fake: no reason'");
    assertOnlyBlueIsThere();
  }

  @Test
  void releaseThatIsKilledForMemoryIsRolledBackWithItsLimit() throws IOException {
    install();
    device.engine.behave(2, Behaviour.outOfMemoryAfter(Duration.ofSeconds(1)));

    AppReport end = upgradeTo(release(2));

    assertThat(end.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(end.message()).contains("killed for memory (limit 64 MiB)");
    assertOnlyBlueIsThere();
  }

  @Test
  void firstInstallThatFailsLeavesNothingAndSaysSo() throws IOException {
    device.engine.behave(1, Behaviour.NEVER_HEALTHY);
    Desired first = run(1, release(1), 1);
    device.order(first);

    AppReport end = device.runToEnd(first);
    device.pass(Duration.ofMinutes(1));

    assertThat(end.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(end.message()).contains("nothing served before, so nothing serves now");
    assertThat(device.engine.observed()).isEmpty();
    assertThat(device.router.of(PUMP)).isEmpty();
  }

  @Test
  void registryThatIsBackInTimeCostsNothingButTime() throws IOException {
    install();
    AtomicInteger pulls = new AtomicInteger();
    device.calls.failing(
        call ->
            call.startsWith("images.pull") && pulls.incrementAndGet() <= 4
                ? Optional.of(new Calls.Failure(false, false, "registry 10.0.0.9 is down"))
                : Optional.empty());

    assertThat(upgradeTo(release(2)).phase()).isEqualTo(Phase.COMMITTED);
  }

  @Test
  void registryThatStaysDownEndsTheSwapWithinMinutes() throws IOException {
    install();
    device.calls.failing(
        call ->
            call.startsWith("images.pull")
                ? Optional.of(new Calls.Failure(false, false, "registry 10.0.0.9 is down"))
                : Optional.empty());
    Instant before = device.ticker.steady();

    AppReport end = upgradeTo(release(2));

    assertThat(end.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(end.message()).contains("registry 10.0.0.9 is down").contains("untouched");
    assertThat(Duration.between(before, device.ticker.steady()))
        .isBetween(Duration.ofSeconds(60), Duration.ofMinutes(3));
    assertOnlyBlueIsThere();
  }

  @Test
  void imageThatDoesNotExistEndsTheSwapAtOnce() throws IOException {
    install();
    device.calls.failing(
        call ->
            call.startsWith("images.pull")
                ? Optional.of(new Calls.Failure(false, true, "no such image"))
                : Optional.empty());
    Instant before = device.ticker.steady();

    assertThat(upgradeTo(release(2)).phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(Duration.between(before, device.ticker.steady())).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void portOfAnotherProgramEndsTheSwapBeforeAnyFlip() throws IOException {
    install();
    device.router.take("0.0.0.0:1999");
    App app = Apps.app(PUMP, 2, 1, Strategy.BLUE_GREEN, 1999);

    AppReport end = upgradeTo(Apps.release(app, 2));

    assertThat(end.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(end.message()).contains("0.0.0.0:1999 is taken");
    assertThat(device.router.flips()).hasSize(1);
    assertOnlyBlueIsThere();
  }

  @Test
  void releaseThatMovesToAnotherPortLeavesTheOldListenerOnlyUntilItIsCommitted()
      throws IOException {
    install();
    App app = Apps.app(PUMP, 2, 1, Strategy.BLUE_GREEN, 1999);
    Desired second = run(2, Apps.release(app, 2), 1);
    device.order(second);

    device.runTo(second, Phase.BAKING);
    assertThat(device.router.of(PUMP).orElseThrow().routes())
        .containsOnlyKeys("0.0.0.0:1880", "0.0.0.0:1999");
    device.runToEnd(second);
    device.pass(Duration.ofMinutes(1));

    assertThat(device.router.of(PUMP).orElseThrow().routes()).containsOnlyKeys("0.0.0.0:1999");
  }

  @Test
  void diskThatIsTooFullIsToldBeforeTheFirstByteMoves() throws IOException {
    install();
    device.engine.facts(
        new EngineFacts("linux/amd64", "20.10.24", "1.41", true, 100L << 20, 1L << 30, Set.of()));

    AppReport end = upgradeTo(release(2));

    assertThat(end.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(end.message()).contains("need 158 MiB of disk").contains("100 MiB are free");
    assertThat(device.reporter.phases(end.order())).doesNotContain(Phase.PULLING);
  }

  @Test
  void newerOrderInThePullCancelsItAndSupersedes() throws IOException {
    install();
    Desired second = run(2, release(2), 1);
    Desired third = run(3, release(3), 1);
    device.images.whilePulling(
        () -> {
          device.images.whilePulling(() -> {});
          device.order(third);
        });
    device.order(second);

    AppReport end = device.runToEnd(third);

    assertThat(end.phase()).isEqualTo(Phase.COMMITTED);
    assertThat(device.last(second).orElseThrow().phase()).isEqualTo(Phase.SUPERSEDED);
    assertThat(device.router.flips()).hasSize(2);
  }

  @Test
  void newerOrderInTheBakeWaitsForItsEnd() throws IOException {
    install();
    Desired second = run(2, release(2), 1);
    device.order(second);
    device.runTo(second, Phase.BAKING);
    Desired third = run(3, release(3), 1);
    device.order(third);

    device.runTo(third, Phase.WAITING);
    AppReport end = device.runToEnd(third);

    assertThat(end.phase()).isEqualTo(Phase.COMMITTED);
    assertThat(end.slot()).contains("blue");
    assertThat(device.last(second).orElseThrow().phase()).isEqualTo(Phase.COMMITTED);
  }

  @Test
  void undoInTheBakeFlipsBackAtOnceAndMarksNothingFailed() throws IOException {
    install();
    Desired second = run(2, release(2), 1);
    device.order(second);
    device.runTo(second, Phase.BAKING);
    Desired undo = run(3, release(1), 2);
    device.order(undo);
    Instant before = device.ticker.steady();

    AppReport end = device.runToEnd(undo);

    assertThat(end.phase()).isEqualTo(Phase.COMMITTED);
    assertThat(Duration.between(before, device.ticker.steady())).isLessThan(Duration.ofSeconds(2));
    assertOnlyBlueIsThere();
    assertThat(device.journal.of(PUMP).orElseThrow().failed()).isEmpty();
  }

  @Test
  void whatFailedIsNotTriedAgainUntilItIsAskedForAnew() throws IOException {
    install();
    device.engine.behave(2, Behaviour.NEVER_HEALTHY);
    upgradeTo(release(2));
    Desired repeated = run(3, release(2), 1);
    device.order(repeated);
    AppReport refused = device.runToEnd(repeated);
    device.engine.behave(2, Behaviour.GOOD);
    Desired anew = run(4, release(2), 2);
    device.order(anew);

    assertThat(refused.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(refused.message()).contains("failed here before");
    assertThat(device.runToEnd(anew).phase()).isEqualTo(Phase.COMMITTED);
  }

  @Test
  void theSameOrderAgainChangesNothing() throws IOException {
    install();
    Desired again = run(2, release(1), 1);
    device.order(again);

    assertThat(device.runToEnd(again).phase()).isEqualTo(Phase.UNCHANGED);
    assertThat(device.router.flips()).hasSize(1);
  }

  @Test
  void restartIsASwapToTheSameRelease() throws IOException {
    install();
    Desired restart = run(2, release(1), 2);
    device.order(restart);

    AppReport end = device.runToEnd(restart);

    assertThat(end.phase()).isEqualTo(Phase.COMMITTED);
    assertThat(end.slot()).contains("green");
  }

  @Test
  void stoppedAppAnswersThatItIsAndStartsWhereItWas() throws IOException {
    install();
    Desired stop = Apps.stop(2, PUMP);
    device.order(stop);
    AppReport stopped = device.runToEnd(stop);
    device.pass(Duration.ofMinutes(2));

    assertThat(stopped.phase()).isEqualTo(Phase.STOPPED);
    assertThat(device.router.serving(PUMP)).isEmpty();
    assertThat(device.router.of(PUMP)).isPresent();
    assertThat(device.engine.observed()).allMatch(c -> c.state() == ObservedContainer.State.EXITED);
    assertThat(device.engine.isRestartedByEngine(key(BLUE, 0))).isFalse();

    Desired start = run(3, release(1), 1);
    device.order(start);
    AppReport started = device.runToEnd(start);

    assertThat(started.phase()).isEqualTo(Phase.COMMITTED);
    assertOnlyBlueIsThere();
  }

  @Test
  void deletedAppLeavesNothing() throws IOException {
    install();
    Desired delete = Apps.delete(2, PUMP);
    device.order(delete);

    assertThat(device.runToEnd(delete).phase()).isEqualTo(Phase.DELETED);
    device.pass(Duration.ofMinutes(1));
    assertThat(device.engine.observed()).isEmpty();
    assertThat(device.router.of(PUMP)).isEmpty();
    assertThat(device.images.all()).isEmpty();
  }

  /** Where slots have volumes of their own, what it had last is in that slot's. */
  @Test
  void deletedAppComesBackToTheSlotThatItWasIn() throws IOException {
    install();
    Desired second = run(2, release(2), 1);
    device.order(second);
    device.runToEnd(second);
    Desired delete = Apps.delete(3, PUMP);
    device.order(delete);
    device.runToEnd(delete);
    Desired again = run(4, release(2), 1);
    device.order(again);

    assertThat(device.runToEnd(again).slot()).contains("green");
  }

  @Test
  void oldSlotFinishesWhatItHasUntilItsDrainIsOver() throws IOException {
    install();
    device.router.keepOpen(key(BLUE, 0), 2);
    Desired second = run(2, release(2), 1);
    device.order(second);
    device.runTo(second, Phase.BAKING);

    device.pass(Duration.ofSeconds(29));
    assertThat(device.calls.log()).doesNotContain("router.drain");
    device.runToEnd(second);

    assertThat(device.calls.log()).containsOnlyOnce("router.drain");
  }

  @Test
  void imagesOfTheServingAndThePreviousReleaseAreKept() throws IOException {
    install();
    upgradeTo(release(2));
    Desired third = run(3, release(3), 1);
    device.order(third);
    device.runToEnd(third);
    device.pass(Duration.ofMinutes(1));

    assertThat(device.images.all()).containsExactlyInAnyOrder(image(release(2)), image(release(3)));
  }

  private static ImageRef image(Release release) {
    return release.app().containers().get(0).image();
  }

  @Test
  void rollingSwapNeverRunsMoreThanOneInstanceMore() throws IOException {
    Desired first = run(1, three(1), 1);
    device.order(first);
    device.runToEnd(first);
    Desired second = run(2, three(2), 1);
    device.order(second);
    int most = 0;
    while (!device.last(second).map(r -> r.phase().isFinal()).orElse(false)) {
      device.step();
      most =
          Math.max(
              most,
              (int) device.engine.observed().stream().filter(ObservedContainer::isRunning).count());
    }

    assertThat(device.last(second).orElseThrow().phase()).isEqualTo(Phase.COMMITTED);
    assertThat(most).isEqualTo(4);
    assertThat(device.router.flips().stream().skip(1).map(f -> f.after().size()))
        .containsExactly(3, 3, 3);
  }

  private static Release three(long counter) {
    return Apps.release(Apps.app(PUMP, counter, 3, Strategy.ROLLING, 1880), counter);
  }

  @Test
  void deadMemberIsTakenOutStartedAndTakenInAgain() throws IOException {
    Desired first = run(1, three(1), 1);
    device.order(first);
    device.runToEnd(first);
    device.pass(Duration.ofMinutes(1));

    device.engine.stopByHand(key(BLUE, 1));
    device.event();
    device.runUntil(() -> device.router.serving(PUMP).size() == 2);
    assertThat(device.router.serving(PUMP)).containsExactly(key(BLUE, 0), key(BLUE, 2));

    device.runUntil(() -> device.router.serving(PUMP).size() == 3);
    device.rules.checkAtRest(PUMP);
  }

  @Test
  void containerThatSomebodyRemovedIsCreatedAgain() throws IOException {
    install();
    device.engine.removeByHand(key(BLUE, 0));
    device.pass(Duration.ofMinutes(1));

    assertOnlyBlueIsThere();
    assertThat(device.engine.observed()).allMatch(ObservedContainer::isRunning);
    assertThat(device.engine.isRestartedByEngine(key(BLUE, 0))).isTrue();
  }

  @Test
  void machineThatRestartsInTheMiddleOfABakeComesToItsEnd() throws IOException {
    install();
    Desired second = run(2, release(2), 1);
    device.order(second);
    device.runTo(second, Phase.BAKING);
    device.kill();
    device.engine.reboot();
    device.router.restart();

    assertThat(device.runToEnd(second).phase()).isEqualTo(Phase.COMMITTED);
    device.rules.checkAtRest(PUMP);
  }

  @Test
  void routerThatLosesItsTableGetsItBack() throws IOException {
    install();
    device.router.loseTable();
    device.pass(Duration.ofMinutes(2));

    assertOnlyBlueIsThere();
  }

  @Test
  void journalThatIsLostCostsAnAppNothing() throws IOException {
    install();
    device.kill();
    device.journal.lose();
    device.pass(Duration.ofMinutes(2));

    assertOnlyBlueIsThere();
    assertThat(device.router.flips()).hasSize(1);
  }

  @Test
  void idleAppWritesNothingAndIsLookedAtTwiceAMinute() throws IOException {
    install();
    device.pass(Duration.ofMinutes(5));
    int saves = device.journal.saves();
    int reports = device.reporter.all().size();
    int calls = device.calls.count();

    device.pass(Duration.ofHours(1));

    assertThat(device.journal.saves()).isEqualTo(saves);
    assertThat(device.reporter.all()).hasSize(reports);
    assertThat(device.calls.count() - calls).isLessThan(120 * 6);
  }

  @Test
  void upgradeWritesTheJournalFourTimes() throws IOException {
    install();
    int saves = device.journal.saves();

    upgradeTo(release(2));
    device.pass(Duration.ofMinutes(1));

    assertThat(device.journal.saves() - saves).isEqualTo(4);
  }

  @Test
  void moreAppsThanADeviceRunsAreRefusedAndDeletedOnesMakeRoom() throws IOException {
    device.boot();
    for (int i = 0; i < Reconciler.MOST_APPS; i++) {
      device.order(Apps.delete(i + 1, new AppName("app-" + i)));
    }
    device.pass(Duration.ofMinutes(1));
    Desired oneMore = run(100, release(1), 1);
    device.order(oneMore);
    assertThat(device.runToEnd(oneMore).phase()).isEqualTo(Phase.COMMITTED);

    try (Reconciler full = new Reconciler(new Device().seams(), new DirectWorkers())) {
      for (int i = 0; i < Reconciler.MOST_APPS; i++) {
        full.accept(Apps.delete(i + 1, new AppName("app-" + i)));
      }
      assertThatThrownBy(() -> full.accept(run(100, release(1), 1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("at most 64");
    }
  }
}
