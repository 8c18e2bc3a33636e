package dev.bumpless.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.agent.swap.Desired;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Presence;
import dev.bumpless.protocol.PullProgress;
import dev.bumpless.protocol.Samples;
import dev.bumpless.protocol.UpdateLease;
import dev.bumpless.transport.LoopbackBroker;
import dev.bumpless.transport.MqttTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControllerLinkTest {
  private static final Duration A_WHILE = Duration.ofSeconds(2);
  private static final Instant BUILT = Instant.parse("2026-11-23T00:00:00Z");

  @TempDir Path state;
  private final Plant plant = new Plant();
  private final ManualLoop loop = new ManualLoop();
  private final LoopbackBroker broker = new LoopbackBroker();
  private final List<Desired> desired = new ArrayList<>();
  private List<UpdateLease> leases = List.of();
  private FakeController controller;
  private ControllerLink link;

  @BeforeEach
  void connect() throws Exception {
    controller = new FakeController(broker);
    link = link();
    link.start(desired::add);
    loop.run();
  }

  @AfterEach
  void close() {
    link.close();
  }

  @Test
  void saysWhoItIsThenAsksThenReports() {
    assertThat(controller.topics())
        .containsExactly(
            FakeController.TOPICS.presence(),
            FakeController.TOPICS.desired(),
            FakeController.TOPICS.report());
    assertThat(controller.presences().get(0).online()).isTrue();
    assertThat(controller.questions().get(0).sequences()).isEmpty();
    assertThat(controller.lastReport().inventory().platform()).isEqualTo("linux/amd64");
    assertThat(controller.lastReport().number()).isEqualTo(1);
  }

  @Test
  void handsOnAnOrderOnceHoweverOftenItComes() throws Exception {
    broker.deliverTwice(topic -> topic.endsWith("/order"));
    controller.order(plant.runs(1, "pump", 7));
    controller.order(plant.runs(1, "pump", 7));
    loop.advance(A_WHILE);
    assertThat(desired).hasSize(1);
    assertThat(desired.get(0).release()).contains(Samples.release("pump", 7, 0));
    assertThat(controller.lastReport().rejected()).isEmpty();
  }

  @Test
  void refusesWithoutTouchingAnythingAndSaysWhyOnce() throws Exception {
    byte[] good = plant.runs(5, "pump", 7);
    controller.order(good);
    loop.advance(A_WHILE);
    byte[] replay = plant.runs(4, "pump", 6);
    byte[] truncated = Arrays.copyOf(good, good.length / 2);
    byte[] forged = new Plant().runs(9, "pump", 9);
    for (byte[] bad : List.of(replay, truncated, forged, replay, truncated, forged)) {
      controller.order(bad);
      loop.advance(A_WHILE);
    }
    assertThat(desired).hasSize(1);
    assertThat(controller.lastReport().rejected())
        .extracting(DeviceReport.Rejection::code)
        .containsExactly("REPLAYED", "MALFORMED", "UNKNOWN_KEY");
  }

  @Test
  void refusesTenMegabytesUnread() {
    link.close();
    ManualLoop own = new ManualLoop();
    Line line =
        new Line(
            new GiantTransport(),
            connection -> new MqttTransport.Will("t", new byte[0]),
            List.of(),
            own,
            own,
            new Backoff(new Random(1)),
            new Line.Ends() {
              @Override
              public void connected() {}

              @Override
              public void heard(String topic, byte[] payload) {
                Acceptance acceptance =
                    new Acceptance(
                        Samples.DEVICE, new dev.bumpless.trust.Verifier(plant.root), plant.codec);
                verdicts.add(acceptance.decide(payload, Optional.empty(), o -> false, Samples.NOW));
              }

              @Override
              public void lost() {}
            });
    line.open();
    own.run();
    assertThat(verdicts)
        .singleElement()
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, r -> assertThat(r.code()).isEqualTo("TOO_LARGE"));
  }

  private final List<Verdict> verdicts = new ArrayList<>();

  @Test
  void anOrderThatTheRolloutWaitsForIsReportedAsRefused() throws Exception {
    controller.order(plant.runs(1, Samples.release("pump", 7, 5)));
    loop.advance(A_WHILE);
    link.report(report(1, Phase.COMMITTED, Optional.of("blue")));
    loop.advance(A_WHILE);
    controller.acknowledge();
    controller.order(plant.runs(2, "pump", 4));
    loop.advance(A_WHILE);
    AppReport refused = onlyApp();
    assertThat(refused.phase()).isEqualTo(Phase.REJECTED);
    assertThat(refused.sequence()).isEqualTo(2);
    assertThat(refused.order()).isEqualTo(new UUID(0, 2));
    assertThat(refused.message()).contains("FLOOR").contains("pump@4");
    assertThat(refused.slot()).contains("blue");
    controller.acknowledge();
    controller.order(plant.runs(3, "pump", 8));
    link.report(report(3, Phase.PULLING, Optional.of("blue")));
    loop.advance(A_WHILE);
    assertThat(onlyApp().phase()).isEqualTo(Phase.PULLING);
  }

  @Test
  void anExpiredOrderIsReportedAsExpired() throws Exception {
    loop.wallIsOffBy(Duration.ofDays(1));
    controller.order(plant.runs(1, "pump", 7));
    loop.advance(A_WHILE);
    assertThat(desired).isEmpty();
    assertThat(onlyApp().phase()).isEqualTo(Phase.EXPIRED);
    assertThat(controller.lastReport().rejected().get(0).message()).contains("check the clocks");
  }

  @Test
  void aDeviceThatBootsInNineteenSeventyTakesOrders() throws Exception {
    loop.wallIsOffBy(Duration.between(Samples.NOW, Instant.EPOCH));
    controller.order(plant.runs(1, "pump", 7));
    loop.run();
    assertThat(desired).hasSize(1);
  }

  @Test
  void anAppTooManyIsRefusedAndNotHeld() throws Exception {
    link.close();
    loop.reopen();
    link = link();
    link.start(
        d -> {
          throw new IllegalStateException("pump would be app 65");
        });
    loop.run();
    controller.order(plant.runs(1, "pump", 7));
    loop.advance(A_WHILE);
    assertThat(onlyApp().phase()).isEqualTo(Phase.REJECTED);
    assertThat(onlyApp().message()).contains("app 65");
    restart(desired::add);
    assertThat(desired).isEmpty();
  }

  @Test
  void repeatsAReportUntilItIsAcknowledgedAndThenOnlyEveryTenMinutes() throws Exception {
    controller.forget();
    loop.advance(Duration.ofSeconds(4));
    assertThat(controller.reports()).isEmpty();
    loop.advance(Duration.ofSeconds(1));
    assertThat(controller.reports()).hasSize(1);
    assertThat(controller.questions()).hasSize(1);
    loop.advance(Duration.ofSeconds(30));
    assertThat(controller.reports()).hasSize(3); // after 5, 15, 35 s
    assertThat(controller.reports()).allMatch(r -> r.number() == 1);
    controller.acknowledge();
    loop.run();
    controller.forget();
    loop.advance(Duration.ofSeconds(599));
    assertThat(controller.reports()).isEmpty();
    loop.advance(Duration.ofSeconds(1));
    assertThat(controller.reports()).hasSize(1);
    assertThat(controller.lastReport().number()).isEqualTo(2);
    assertThat(controller.questions()).isEmpty();
  }

  @Test
  void anUnansweredReportAsksTheBrokerAndSoFindsADeadLine() throws Exception {
    controller.acknowledge();
    loop.run();
    link.close();
    loop.reopen();
    link = link(new DeadTransport(broker.transport("dev-1")));
    link.start(desired::add);
    loop.run();
    controller.forget();
    loop.advance(ReportSender.FIRST_WAIT.minusSeconds(1));
    assertThat(controller.presences()).isEmpty();
    loop.advance(Duration.ofSeconds(10));
    assertThat(controller.presences()).isNotEmpty(); // of the line that followed
  }

  @Test
  void soDoesOneThatChangesAgainAndAgain() throws Exception {
    link.close();
    loop.reopen();
    link = link(new DeadTransport(broker.transport("dev-1")));
    link.start(desired::add);
    loop.run();
    controller.forget();
    for (int second = 0; second < 10; second++) {
      link.leasesChanged();
      loop.advance(Duration.ofSeconds(1));
    }
    assertThat(controller.presences()).isNotEmpty();
  }

  @Test
  void aLeaseIsReportedWhenItIsTaken() throws Exception {
    controller.acknowledge();
    loop.run();
    controller.forget();
    leases = List.of(new UpdateLease("hmi", Optional.of(Samples.PUMP), "dosing", Samples.NOW));
    link.leasesChanged();
    loop.advance(A_WHILE);
    assertThat(controller.lastReport().leases()).isEqualTo(leases);
  }

  @Test
  void aLostReportIsSaidAgain() throws Exception {
    controller.acknowledge();
    loop.run();
    broker.lose(topic -> topic.endsWith("/report"));
    link.report(report(1, Phase.COMMITTED, Optional.of("green")));
    loop.advance(A_WHILE);
    broker.lose(topic -> false);
    loop.advance(Duration.ofSeconds(5));
    assertThat(onlyApp().phase()).isEqualTo(Phase.COMMITTED);
  }

  @Test
  void anAcknowledgementOfAnotherReportSettlesNothing() throws Exception {
    DeviceReport first = controller.lastReport();
    link.report(report(1, Phase.PULLING, Optional.empty()));
    loop.advance(A_WHILE);
    controller.acknowledge(first);
    loop.run();
    controller.forget();
    loop.advance(Duration.ofSeconds(10));
    assertThat(controller.reports()).isNotEmpty();
  }

  @Test
  void manyChangesAtOnceAreOneReportAndTheLastOneCounts() throws Exception {
    controller.acknowledge();
    loop.advance(A_WHILE);
    controller.forget();
    for (Phase phase : List.of(Phase.PREFLIGHT, Phase.PULLING, Phase.STARTING, Phase.PROBING)) {
      link.report(report(1, phase, Optional.empty()));
    }
    loop.advance(Duration.ofSeconds(1));
    assertThat(controller.reports()).hasSize(1);
    assertThat(onlyApp().phase()).isEqualTo(Phase.PROBING);
  }

  @Test
  void theEndOfAnOrderIsToldThoughTheNextOneHasBegun() throws Exception {
    controller.acknowledge();
    loop.advance(A_WHILE);
    link.report(report(1, Phase.SUPERSEDED, Optional.empty()));
    link.report(report(2, Phase.PULLING, Optional.empty()));
    loop.advance(A_WHILE);
    assertThat(onlyApp().phase()).isEqualTo(Phase.SUPERSEDED);
    controller.acknowledge();
    loop.advance(A_WHILE);
    assertThat(onlyApp().phase()).isEqualTo(Phase.PULLING);
    controller.acknowledge();
    loop.run();
    controller.forget();
    loop.advance(Duration.ofSeconds(20));
    assertThat(controller.reports()).isEmpty();
  }

  @Test
  void reportsOfAFullHouseStillFit() throws Exception {
    Map<String, String> containers = new java.util.TreeMap<>();
    for (int i = 0; i < 256; i++) {
      containers.put(i + "/" + "long-container-name".repeat(3), "running");
    }
    for (int i = 0; i < 64; i++) {
      AppReport full =
          new AppReport(
              new AppName("app-" + i),
              new UUID(0, i),
              i + 1L,
              Phase.COMMITTED,
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              List.of(),
              "x".repeat(100_000),
              containers,
              loop.wall());
      link.report(full);
    }
    loop.advance(A_WHILE);
    assertThat(controller.lastReport().apps()).hasSize(64);
  }

  @Test
  void reconnectsLaterAndLaterAndAsksAgainWithWhatItHolds() throws Exception {
    controller.order(plant.runs(3, "pump", 7));
    loop.advance(Duration.ofSeconds(31));
    broker.refuse(true);
    broker.cut("dev-1");
    loop.advance(Duration.ofMinutes(5));
    link.report(report(3, Phase.PULLING, Optional.empty()));
    link.report(report(3, Phase.COMMITTED, Optional.of("green")));
    loop.advance(Duration.ofMinutes(5));
    controller.forget();
    broker.refuse(false);
    loop.advance(Duration.ofSeconds(60));
    assertThat(controller.presences()).hasSize(1);
    assertThat(controller.questions().get(0).sequences()).isEqualTo(Map.of(Samples.PUMP, 3L));
    assertThat(controller.reports().get(0).apps())
        .singleElement()
        .extracting(AppReport::phase)
        .isEqualTo(Phase.COMMITTED);
  }

  @Test
  void aBrokerThatRestartsAndForgetsIsToldEverythingAgain() {
    controller.forget();
    broker.restart();
    assertThat(broker.isConnected("dev-1")).isFalse();
    loop.run();
    loop.advance(Duration.ofSeconds(1));
    assertThat(broker.isConnected("dev-1")).isTrue();
  }

  @Test
  void twoAgentsOfOneNameDoNotFightEverySecond() throws Exception {
    int connects = 0;
    for (int second = 0; second < 300; second++) {
      if (broker.isConnected("dev-1")) {
        connects++;
        broker.cut("dev-1");
      }
      loop.advance(Duration.ofSeconds(1));
    }
    assertThat(connects).isBetween(5, 20);
  }

  @Test
  void birthAndWillNameTheSameBootAndTheNextLifeAnother() throws Exception {
    broker.cut("dev-1");
    loop.run();
    assertThat(controller.presences()).extracting(p -> p.online()).containsExactly(true, false);
    UUID boot = controller.presences().get(0).boot();
    assertThat(controller.presences()).allMatch(p -> p.boot().equals(boot));
    assertThat(controller.lastReport().boot()).isEqualTo(boot);
    restart(desired::add);
    UUID next = controller.presences().get(controller.presences().size() - 1).boot();
    assertThat(next).isNotEqualTo(boot);
    assertThat(controller.lastReport().number()).isEqualTo(1);
  }

  @Test
  void aCloseInGoodOrderSaysOfflineItself() {
    link.close();
    link.close();
    assertThat(controller.presences()).extracting(p -> p.online()).containsExactly(true, false);
    assertThat(broker.isConnected("dev-1")).isFalse();
  }

  @Test
  void theBirthIsSaidAgainWhenNoLateWillCanCome() throws Exception {
    Presence birth = lastPresence();
    Presence again = new Presence(birth.device(), birth.boot(), birth.connection(), true, 1);
    controller.acknowledge();
    controller.forget();
    loop.advance(ControllerLink.AFTER_LATE_WILLS.minusSeconds(1));
    assertThat(controller.presences()).isEmpty();
    loop.advance(ControllerLink.SPREAD.plusSeconds(1));
    assertThat(controller.presences()).containsExactly(again);
    loop.advance(Duration.ofMinutes(5));
    assertThat(controller.presences()).as("once").containsExactly(again);
  }

  @Test
  void aWillThatCameAfterTheNextBirthIsNotWhatIsKept() throws Exception {
    byte[] late = plant.codec.encode(new Presence(Samples.DEVICE, new UUID(0, 1), 1, false, 0));
    controller.acknowledge();
    controller.keep(FakeController.TOPICS.presence(), late);
    loop.advance(ControllerLink.AFTER_LATE_WILLS.plus(ControllerLink.SPREAD));
    controller.forget();
    controller.connect();
    assertThat(lastPresence().online()).isTrue();
  }

  @Test
  void aConnectionThatEndsBeforeLeavesItToTheNextOne() throws Exception {
    loop.advance(Duration.ofMinutes(1));
    broker.cut("dev-1");
    loop.advance(Duration.ofSeconds(2));
    controller.acknowledge();
    loop.run();
    controller.forget();
    loop.advance(ControllerLink.AFTER_LATE_WILLS.plus(ControllerLink.SPREAD));
    assertThat(controller.presences())
        .singleElement()
        .satisfies(
            birth -> {
              assertThat(birth.online()).isTrue();
              assertThat(birth.connection()).isEqualTo(2);
            });
  }

  private Presence lastPresence() {
    List<Presence> all = controller.presences();
    return all.get(all.size() - 1);
  }

  @Test
  void aSilentLineIsThrownAwayButNotOverAndOver() throws Exception {
    controller.disconnect();
    int lives = countLives(Duration.ofMinutes(60));
    assertThat(lives).isBetween(3, 7);
    controller.connect();
    controller.acknowledge(lastReportAfterReconnect());
    loop.run();
    long connection = lastPresence().connection();
    controller.forget();
    for (int beat = 0; beat < 10; beat++) {
      loop.advance(ReportSender.HEARTBEAT);
      controller.acknowledge();
      loop.run();
    }
    assertThat(controller.presences())
        .as("a line with answers is left alone")
        .allMatch(presence -> presence.online() && presence.connection() == connection);
  }

  private DeviceReport lastReportAfterReconnect() {
    loop.advance(Duration.ofMinutes(1));
    return controller.lastReport();
  }

  /** Another client hears the births beside the controller that is away. */
  private int countLives(Duration time) throws Exception {
    dev.bumpless.transport.Inbox births = new dev.bumpless.transport.Inbox();
    var spy = broker.transport("spy");
    spy.connect(null, List.of(FakeController.TOPICS.presence()), births);
    births.messages().clear();
    loop.advance(time);
    spy.close();
    Set<Long> connections = new HashSet<>();
    for (dev.bumpless.transport.Inbox.Message birth : births.messages()) {
      connections.add(plant.codec.decode(birth.payload(), Presence.class).connection());
    }
    return connections.size();
  }

  @Test
  void afterARestartTheKeptOrdersComeBeforeAnyConnection() throws Exception {
    controller.order(plant.runs(1, "pump", 7));
    controller.order(plant.stops(2, "web"));
    loop.run();
    broker.refuse(true);
    desired.clear();
    link.close();
    loop.reopen();
    link = link();
    link.start(desired::add);
    assertThat(desired).extracting(d -> d.order().sequence()).containsExactly(1L, 2L);
  }

  @Test
  void aDeletedAppIsForgottenWhenItIsGoneAndTold() throws Exception {
    controller.order(plant.deletes(1, "pump"));
    loop.run();
    link.report(report(1, Phase.DELETED, Optional.empty()));
    loop.advance(A_WHILE);
    assertThat(onlyApp().phase()).isEqualTo(Phase.DELETED);
    controller.acknowledge();
    loop.advance(ReportSender.HEARTBEAT);
    assertThat(controller.lastReport().apps()).isEmpty();
    desired.clear();
    restart(desired::add);
    assertThat(desired).isEmpty();
  }

  @Test
  void lostFloorsAreReportedInTheFirstReport() throws Exception {
    controller.order(plant.runs(1, "pump", 7));
    loop.run();
    link.close();
    java.nio.file.Files.delete(state.resolve("floors"));
    restart(desired::add);
    loop.advance(A_WHILE);
    assertThat(controller.lastReport().rejected())
        .singleElement()
        .satisfies(r -> assertThat(r.message()).contains("floors is missing"));
    controller.order(plant.runs(2, "pump", 8));
    loop.advance(A_WHILE);
    assertThat(controller.lastReport().rejected()).hasSize(1);
    assertThat(desired).hasSize(2); // the first life's and the kept one
  }

  @Test
  void pullProgressIsSaidOnceASecondAtMostAndTheLastAlways() {
    for (int i = 1; i <= 50; i++) {
      link.pulling(Samples.PUMP, new UUID(0, 1), "image", i, 50);
      loop.advance(Duration.ofMillis(100));
    }
    loop.advance(Duration.ofSeconds(5));
    List<PullProgress> pulls = controller.pulls();
    assertThat(pulls.size()).isBetween(5, 7);
    assertThat(pulls.get(pulls.size() - 1).doneBytes()).isEqualTo(50);
  }

  @Test
  void aFloodIsCutOffAndTheLineGoesOn() throws Exception {
    for (int i = 0; i < 1000; i++) {
      controller.order(new byte[] {1});
    }
    controller.order(plant.runs(1, "pump", 7));
    loop.run();
    assertThat(desired).isEmpty();
    controller.order(plant.runs(1, "pump", 7));
    loop.run();
    assertThat(desired).hasSize(1);
  }

  @Test
  void theControllerThatForgotIsToldAgainWhatItWasTold() throws Exception {
    controller.order(plant.runs(1, "pump", 7));
    link.report(report(1, Phase.COMMITTED, Optional.of("blue")));
    loop.advance(A_WHILE);
    controller.acknowledge();
    loop.advance(A_WHILE);
    controller.forget();
    controller.order(plant.runs(1, "pump", 7));
    loop.advance(A_WHILE);
    assertThat(onlyApp().sequence()).isEqualTo(1);
  }

  private ControllerLink link() throws Exception {
    return link(broker.transport("dev-1"));
  }

  private ControllerLink link(MqttTransport transport) throws Exception {
    DeviceReport.Inventory inventory =
        new DeviceReport.Inventory("linux/amd64", "20.10", "0.1.0", 1, 1);
    ControllerLink.Parts parts =
        new ControllerLink.Parts(
            Samples.DEVICE,
            transport,
            plant.codec,
            plant.root,
            state,
            BUILT,
            () -> inventory,
            () -> leases,
            Map.of("site", "plant-a"),
            (query, sink) -> () -> {},
            loop);
    return new ControllerLink(parts, loop, Runnable::run, new Random(7));
  }

  private void restart(Consumer<Desired> reconciler) throws Exception {
    link.close();
    loop.reopen();
    link = link();
    link.start(reconciler);
    loop.run();
  }

  private AppReport onlyApp() {
    assertThat(controller.lastReport().apps()).hasSize(1);
    return controller.lastReport().apps().get(0);
  }

  private AppReport report(long sequence, Phase phase, Optional<String> slot) {
    return new AppReport(
        Samples.PUMP,
        new UUID(0, sequence),
        sequence,
        phase,
        Optional.empty(),
        Optional.empty(),
        slot,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        phase.toString(),
        Map.of(),
        loop.wall());
  }
}
