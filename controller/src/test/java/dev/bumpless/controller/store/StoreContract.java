package dev.bumpless.controller.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.controller.SomeApps;
import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.fleet.FleetStore;
import dev.bumpless.controller.release.FakeKeys;
import dev.bumpless.controller.release.ReleaseStore;
import dev.bumpless.controller.release.SigningKeys.SignedRelease;
import dev.bumpless.controller.release.StoredRelease;
import dev.bumpless.controller.rollout.Course;
import dev.bumpless.controller.rollout.Course.State;
import dev.bumpless.controller.rollout.OrderStore;
import dev.bumpless.controller.rollout.Rollout;
import dev.bumpless.controller.rollout.RolloutStore;
import dev.bumpless.controller.rollout.StoredOrder;
import dev.bumpless.controller.rollout.Target;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.RolloutManifest;
import dev.bumpless.manifest.RolloutName;
import dev.bumpless.manifest.RolloutParser;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.DeviceReport.Inventory;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.Release.PlatformImage;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the heart expects of its stores, whatever they keep things in. */
abstract class StoreContract {
  static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  static final DeviceId ONE = new DeviceId("dev-1");
  static final DeviceId TWO = new DeviceId("dev-2");
  static final AppName PUMP = new AppName("pump");
  static final AppName VALVE = new AppName("valve");
  static final UUID BOOT = new UUID(1, 2);
  private static final String IMAGE = "reg.example/pump:1@sha256:" + "ab".repeat(32);

  final MessageCodec codec = new MessageCodec(new SomeApps());
  private Stores stores;

  /** The four of one database. */
  record Stores(
      FleetStore fleet, ReleaseStore releases, RolloutStore rollouts, OrderStore orders) {}

  abstract Stores open();

  @BeforeEach
  final void openStores() {
    stores = open();
  }

  @Test
  final void devicesAreRegisteredOnceAndListedById() {
    stores.fleet().register(Set.of(TWO));
    stores.fleet().savePresence(TWO, BOOT, true, NOW);

    stores.fleet().register(Set.of(ONE, TWO));

    assertThat(stores.fleet().devices())
        .containsExactly(
            Device.enrolled(ONE),
            new Device(TWO, Optional.of(BOOT), true, Optional.of(NOW), Map.of(), Optional.empty()));
    assertThat(stores.fleet().device(new DeviceId("dev-3"))).isEmpty();
    assertThat(stores.fleet().isOnline(TWO)).isTrue();
    assertThat(stores.fleet().isOnline(ONE)).isFalse();
    assertThat(stores.fleet().isOnline(new DeviceId("dev-3"))).isFalse();
  }

  @Test
  final void whatIsSavedOfADeviceIsReadAgain() {
    DeviceReport report = report(Phase.PULLING);
    stores.fleet().register(Set.of(ONE));

    stores.fleet().savePresence(ONE, BOOT, true, NOW);
    stores.fleet().saveLabels(ONE, Map.of("site", "a", "old", "yes"));
    stores.fleet().saveLabels(ONE, Map.of("site", "b"));
    stores.fleet().saveReport(report, NOW.plusSeconds(1));

    assertThat(stores.fleet().device(ONE))
        .contains(
            new Device(
                ONE,
                Optional.of(BOOT),
                true,
                Optional.of(NOW.plusSeconds(1)),
                Map.of("site", "b"),
                Optional.of(report)));
  }

  @Test
  final void everybodyIsOfflineWhenToldSo() {
    stores.fleet().register(Set.of(ONE));
    stores.fleet().savePresence(ONE, BOOT, true, NOW);

    stores.fleet().markAllOffline();

    assertThat(stores.fleet().devices()).extracting(Device::online).containsExactly(false);
    assertThat(stores.fleet().isOnline(ONE)).isFalse();
  }

  @Test
  final void countersOnlyGrowAndAreAnAppsOwn() {
    assertThat(stores.releases().nextCounter(PUMP)).isEqualTo(1);
    assertThat(stores.releases().nextCounter(PUMP)).isEqualTo(2);
    assertThat(stores.releases().nextCounter(VALVE)).isEqualTo(1);
  }

  @Test
  final void releasesAreReadAgainNewestFirst() {
    StoredRelease first = release(1);
    StoredRelease second = release(2);
    stores.releases().save(first);
    stores.releases().save(second);

    assertThat(stores.releases().find(first.id())).contains(first);
    assertThat(stores.releases().find(new ReleaseId(PUMP, 3))).isEmpty();
    assertThat(stores.releases().envelope(second.id())).contains(second.envelope());
    assertThat(stores.releases().envelope(new ReleaseId(PUMP, 3))).isEmpty();
    assertThat(stores.releases().history(PUMP, 10)).containsExactly(second, first);
    assertThat(stores.releases().newest(PUMP)).contains(second);
    assertThat(stores.releases().apps()).containsExactly(PUMP);
  }

  @Test
  final void rolloutsAreReadAgainWithEveryKindOfAction() {
    Rollout run = rollout(1, PUMP, new Order.Run(revision(), "ab".repeat(32)));
    Rollout stop = rollout(2, VALVE, new Order.Stop(VALVE));
    Rollout delete = rollout(3, PUMP, new Order.Delete(PUMP));
    List.of(run, stop, delete).forEach(stores.rollouts()::save);

    assertThat(stores.rollouts().find(run.id())).contains(run);
    assertThat(stores.rollouts().find(new UUID(9, 9))).isEmpty();
    assertThat(stores.rollouts().recent(Optional.empty(), 2)).containsExactly(delete, stop);
    assertThat(stores.rollouts().recent(Optional.of(PUMP), 9)).containsExactly(delete, run);
    assertThat(stores.rollouts().history(ONE, PUMP).newestFirst())
        .containsExactly(delete.targets().get(0), run.targets().get(0));
  }

  @Test
  final void aTargetIsReplacedAndCountsAsFinishedWhenItIs() {
    Rollout rollout = rollout(1, PUMP, new Order.Run(revision(), "ab".repeat(32)));
    stores.rollouts().save(rollout);
    AppReport report = report(Phase.COMMITTED).apps().get(0);
    Target done =
        rollout.targets().get(0).withIssued(1, NOW).withReport(report, NOW.plusSeconds(2));

    stores.rollouts().update(rollout.id(), done);

    assertThat(stores.rollouts().target(rollout.id(), ONE)).contains(done);
    assertThat(stores.rollouts().unfinished(Optional.of(PUMP))).hasSize(1);

    Target given = rollout.targets().get(1).withVerdict(Phase.SUPERSEDED, NOW);
    stores.rollouts().update(rollout.id(), given);

    assertThat(stores.rollouts().unfinished(Optional.empty())).isEmpty();
    assertThat(stores.rollouts().find(rollout.id()).orElseThrow().targets())
        .containsExactly(done, given);
  }

  @Test
  final void whichRolloutIsNewerTheOrderTellsInWhichTheyWereKept() {
    Rollout first = inWaves(1);
    Rollout second = rollout(2, PUMP, new Order.Run(revision(), "ab".repeat(32)));
    Rollout done = rollout(3, PUMP, new Order.Run(revision(), "ab".repeat(32)));
    stores.rollouts().save(first);
    stores.rollouts().save(second);
    stores.rollouts().save(done);
    done.targets()
        .forEach(
            target ->
                stores.rollouts().update(done.id(), target.withVerdict(Phase.SUPERSEDED, NOW)));

    assertThat(stores.rollouts().unfinishedAfter(first)).containsExactly(second);
    assertThat(stores.rollouts().unfinishedAfter(second)).isEmpty();
    assertThat(stores.rollouts().newest("pump-2")).contains(first);
    assertThat(stores.rollouts().newest("pump").map(Rollout::id)).contains(done.id());
    assertThat(stores.rollouts().newest("nobody")).isEmpty();
    assertThat(stores.rollouts().newest(PUMP, r -> r.course().isPresent())).contains(first);
    assertThat(stores.rollouts().newest(PUMP, r -> r.course().isEmpty()).map(Rollout::id))
        .contains(done.id());
    assertThat(stores.rollouts().newest(PUMP, r -> false)).isEmpty();
  }

  @Test
  final void aRolloutInWavesIsReadAgainWithItsCourseAndItsPlaces() {
    Rollout rollout = inWaves(1);
    stores.rollouts().save(rollout);

    assertThat(stores.rollouts().find(rollout.id())).contains(rollout);
    assertThat(stores.rollouts().named(new RolloutName("pump-2"))).contains(rollout);
    assertThat(stores.rollouts().named(new RolloutName("pump-3"))).isEmpty();
    assertThat(stores.rollouts().appsInWaves()).containsExactly(PUMP);

    Course course = rollout.course().orElseThrow();
    Course paused = course.nextWave().settled(Optional.of(NOW)).in(State.PAUSED, "by hand");
    stores.rollouts().update(rollout.id(), paused);
    Target expired =
        rollout
            .targets()
            .get(0)
            .withIssued(1, NOW)
            .withRecalled(NOW)
            .withVerdict(Phase.EXPIRED, "silent", NOW)
            .withExcuse(NOW);
    stores.rollouts().update(rollout.id(), expired);

    Rollout again = stores.rollouts().find(rollout.id()).orElseThrow();
    assertThat(again.course()).contains(paused);
    assertThat(again.targets()).containsExactly(expired, rollout.targets().get(1));
  }

  @Test
  final void aRolloutInWavesIsUnfinishedUntilItIsOverAndNobodyIsUnderWay() {
    Rollout rollout = inWaves(1);
    Course course = rollout.course().orElseThrow();
    stores.rollouts().save(rollout);
    rollout
        .targets()
        .forEach(
            t ->
                stores
                    .rollouts()
                    .update(rollout.id(), t.withVerdict(Phase.CANCELLED, "aborted", NOW)));

    assertThat(stores.rollouts().unfinished(Optional.of(PUMP))).hasSize(1);

    stores.rollouts().update(rollout.id(), course.in(State.ABORTED, ""));

    assertThat(stores.rollouts().unfinished(Optional.of(PUMP))).isEmpty();
    assertThat(stores.rollouts().appsInWaves()).isEmpty();
  }

  @Test
  final void aTargetThatCameLaterIsAdded() {
    Rollout rollout = inWaves(1);
    stores.rollouts().save(rollout);
    Target late =
        Target.planned(
            new DeviceId("dev-3"),
            rollout.targets().get(0).action(),
            new Target.Place(1, Optional.empty()),
            NOW);

    stores.rollouts().update(rollout.id(), late);

    assertThat(stores.rollouts().find(rollout.id()).orElseThrow().targets()).hasSize(3);
    assertThat(stores.rollouts().target(rollout.id(), late.device())).contains(late);
  }

  @Test
  final void anOrderThatWasWithdrawnIsReadAgainAsSuch() {
    StoredOrder stored = order(1, PUMP, false);
    StoredOrder withdrawn = new StoredOrder(stored.order(), false, true);
    stores.orders().save(stored);
    stores.orders().save(withdrawn);

    assertThat(stores.orders().ordersOf(ONE)).containsExactly(withdrawn);
  }

  @Test
  final void whoHasAnOrderToHearWaitsUntilItIsAcceptedOrWithdrawn() {
    StoredOrder first = order(1, PUMP, false);
    StoredOrder second = order(2, VALVE, false);
    stores.orders().save(first);
    stores.orders().save(second);
    assertThat(stores.orders().waiting()).containsExactly(ONE);

    assertThat(stores.orders().isAccepted(ONE, PUMP, 1)).isFalse();

    stores.orders().save(new StoredOrder(first.order(), true));
    assertThat(stores.orders().waiting()).containsExactly(ONE);
    assertThat(stores.orders().isAccepted(ONE, PUMP, 1)).isTrue();
    assertThat(stores.orders().isAccepted(ONE, PUMP, 2)).isFalse();
    assertThat(stores.orders().isAccepted(TWO, PUMP, 1)).isFalse();

    stores.orders().save(new StoredOrder(second.order(), false, true));
    assertThat(stores.orders().waiting()).isEmpty();
  }

  @Test
  final void sequencesOnlyGrowAndAreADevicesOwn() {
    assertThat(stores.orders().nextSequence(ONE)).isEqualTo(1);
    assertThat(stores.orders().nextSequence(ONE)).isEqualTo(2);
    assertThat(stores.orders().nextSequence(TWO)).isEqualTo(1);

    stores.orders().raiseSequence(ONE, 40);
    stores.orders().raiseSequence(ONE, 7);

    assertThat(stores.orders().nextSequence(ONE)).isEqualTo(41);
  }

  @Test
  final void anOrderReplacesTheOlderOneForItsAppAndNeverTheNewer() {
    StoredOrder older = order(1, PUMP, false);
    StoredOrder newer = order(2, PUMP, false);
    StoredOrder other = order(3, VALVE, true);

    stores.orders().save(newer);
    stores.orders().save(older);
    stores.orders().save(other);

    assertThat(stores.orders().ordersOf(ONE)).containsExactly(newer, other);
    assertThat(stores.orders().ordersFor(PUMP)).containsExactly(newer);

    StoredOrder accepted = new StoredOrder(newer.order(), true);
    stores.orders().save(accepted);

    assertThat(stores.orders().ordersFor(PUMP)).containsExactly(accepted);
  }

  @Test
  final void workInATransactionSeesItself() {
    long sequence =
        stores
            .orders()
            .inTransaction(
                () -> {
                  stores.orders().nextSequence(ONE);
                  stores.releases().nextCounter(PUMP);
                  return stores.orders().nextSequence(ONE);
                });

    assertThat(sequence).isEqualTo(2);
    assertThat(stores.releases().nextCounter(PUMP)).isEqualTo(2);
  }

  @Test
  final void aFailureInsideATransactionComesOut() {
    assertThatThrownBy(
            () ->
                stores
                    .orders()
                    .inTransaction(
                        () -> {
                          throw new IllegalStateException("as a test wants it");
                        }))
        .hasMessage("as a test wants it");
  }

  private static Revision revision() {
    return new Revision(new ReleaseId(PUMP, 1), 3);
  }

  private Rollout rollout(long id, AppName app, Order.Action action) {
    return new Rollout(
        new UUID(0, id),
        app,
        "apply",
        NOW,
        "apply it",
        List.of(Target.planned(ONE, action, NOW), Target.planned(TWO, action, NOW)));
  }

  private static Rollout inWaves(long id) {
    RolloutManifest manifest =
        RolloutParser.parse(
            """
            apiVersion: bumpless.dev/v1
            kind: Rollout
            name: pump-2
            app: pump@1
            target: { all: true }
            waves: [ { devices: 1, then: approve }, { percent: 100 } ]
            window: { cron: "0 2 * * SUN", length: 2h, zone: Europe/Vienna }
            """,
            "pump-2.yaml");
    Order.Run run = new Order.Run(revision(), "ab".repeat(32));
    return new Rollout(
        new UUID(0, id),
        PUMP,
        Rollout.IN_WAVES,
        NOW,
        "apply rollout pump-2",
        List.of(
            Target.planned(ONE, run, new Target.Place(0, Optional.of("plant-a")), NOW),
            Target.planned(TWO, run, new Target.Place(1, Optional.empty()), NOW)),
        Optional.of(Course.begin(manifest)));
  }

  private StoredOrder order(long sequence, AppName app, boolean accepted) {
    Order order =
        new Order(
            new UUID(0, sequence), ONE, sequence, NOW, NOW.plusSeconds(60), new Order.Stop(app));
    return new StoredOrder(order, accepted);
  }

  private StoredRelease release(long counter) {
    App app = SomeApps.app("pump", IMAGE, 502);
    Release release =
        new Release(
            new ReleaseId(PUMP, counter),
            0,
            app,
            Map.of(
                "main",
                Map.of("linux/arm64/v8", new PlatformImage("sha256:" + "cd".repeat(32), 12))),
            NOW);
    SignedRelease signed = new FakeKeys(codec).sign(release);
    return new StoredRelease(
        release, signed.envelope(), signed.payloadSha256(), "name: pump\n", "apply pump");
  }

  private static DeviceReport report(Phase phase) {
    AppReport app =
        new AppReport(
            PUMP,
            new UUID(0, 1),
            5,
            phase,
            Optional.of(revision()),
            Optional.empty(),
            Optional.of("green"),
            Optional.of(Duration.ofNanos(3_100_000)),
            Optional.of(Duration.ofNanos(1_400_000)),
            Optional.empty(),
            List.of(new AppReport.StepTime("PULLING", Duration.ofMillis(812))),
            "serving pump@1 from green",
            Map.of("0/main", "running"),
            NOW);
    return new DeviceReport(
        ONE,
        BOOT,
        7,
        NOW,
        new Inventory("linux/arm64/v8", "20.10.24", "0.1.0", 1L << 33, 1L << 30),
        Map.of("site", "plant-a"),
        List.of(app),
        List.of(new DeviceReport.Rejection(NOW, "EXPIRED", "order 4 expired")));
  }
}
