package dev.bumpless.controller.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bumpless.controller.SomeApps;
import dev.bumpless.controller.audit.MemoryAuditLog;
import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.fleet.LogSource;
import dev.bumpless.controller.fleet.MemoryFleetStore;
import dev.bumpless.controller.lease.Lease;
import dev.bumpless.controller.lease.Turn;
import dev.bumpless.controller.release.FakeKeys;
import dev.bumpless.controller.release.FakeRegistry;
import dev.bumpless.controller.release.MemoryReleaseStore;
import dev.bumpless.controller.release.ReleaseService;
import dev.bumpless.controller.rollout.MemoryOrderStore;
import dev.bumpless.controller.rollout.MemoryRolloutStore;
import dev.bumpless.controller.rollout.OrderBook;
import dev.bumpless.controller.rollout.Rollouts;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Presence;
import dev.bumpless.protocol.PullProgress;
import dev.bumpless.protocol.Topics;
import dev.bumpless.transport.Inbox;
import dev.bumpless.transport.LoopbackBroker;
import dev.bumpless.transport.MqttTransport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the link does and leaves as the lease comes and goes. */
@Timeout(60)
class TurnOnTheLinkTest {
  private static final DeviceId ONE = new DeviceId("dev-1");
  private static final AppName PUMP = new AppName("pump");
  private static final Topics TOPICS = new Topics(ONE);
  private static final UUID BOOT = new UUID(0, 1);

  private final LoopbackBroker broker = new LoopbackBroker();
  private final MessageCodec codec = new MessageCodec(new SomeApps());
  private final FakeKeys keys = new FakeKeys(codec);
  private final MemoryOrderStore orders = new MemoryOrderStore();
  private final MemoryReleaseStore releases = new MemoryReleaseStore();
  private final Fleet fleet = new Fleet(new MemoryFleetStore(), () -> Set.of(ONE));
  private final OrderBook book = new OrderBook(orders, releases, keys);
  private final ChangingTurn turn = new ChangingTurn();
  private final MqttTransport device = broker.transport("dev-1");
  private final Inbox heard = new Inbox();
  private MqttDeviceLink link;
  private volatile Duration ahead = Duration.ZERO;

  @BeforeEach
  void start() throws Exception {
    ReleaseService service = new ReleaseService(releases, new FakeRegistry(), keys, new SomeApps());
    Rollouts rollouts =
        new Rollouts(new MemoryRolloutStore(), orders, book, service, fleet, new MemoryAuditLog());
    link =
        new MqttDeviceLink(
            broker.transport("controller"),
            codec,
            fleet,
            rollouts,
            book,
            keys,
            turn,
            () -> Instant.now().plus(ahead));
    device.connect(null, List.of(TOPICS.allDown()), heard);
    say(true);
    link.start();
  }

  @AfterEach
  void stop() {
    link.close();
    device.close();
  }

  @Test
  void whoStandsByIsNotConnectedAndSaysSoWhenAskedForALog() {
    await().during(Duration.ofSeconds(1)).until(() -> !broker.isConnected("controller"));

    assertThatThrownBy(
            () ->
                link.ask(
                    new LogSource.Question(
                        ONE, PUMP, Optional.empty(), Optional.empty(), 10, false)))
        .hasMessageContaining("stands by");
  }

  @Test
  void whoseTurnItBecomesHearsWhoIsThere() {
    turn.begin(1);

    await().until(this::isOnline);
  }

  @Test
  void anOrderThatAnotherControllerMadeIsSent() {
    turn.begin(1);
    await().until(this::isOnline);
    // what is sent after a birth is over then, so nobody thinks of the device
    await().during(Duration.ofSeconds(5)).until(() -> !hasOrder());

    book.issue(UUID.randomUUID(), ONE, new Order.Stop(PUMP), Optional.empty(), Instant.now());

    await().until(this::hasOrder);
  }

  @Test
  void whoIsTakenForGoneAndReportsGetsItsOrder() throws Exception {
    turn.begin(1);
    await().until(this::isOnline);
    say(false);
    await().until(() -> !isOnline());
    book.issue(UUID.randomUUID(), ONE, new Order.Stop(PUMP), Optional.empty(), Instant.now());

    device.publish(TOPICS.report(), codec.encode(report()), false);

    await().until(this::hasOrder);
  }

  private static DeviceReport report() {
    return new DeviceReport(
        ONE,
        BOOT,
        1,
        Instant.now(),
        new DeviceReport.Inventory("linux/amd64", "20.10", "0.1.0", 1, 1),
        Map.of(),
        List.of(),
        List.of(),
        List.of());
  }

  @Test
  void whatComesTooLateIsNotWritten() throws Exception {
    turn.begin(1);
    await().until(this::isOnline);

    turn.isTakenBehindItsBack();
    say(false);

    await().during(Duration.ofSeconds(1)).until(this::isOnline);

    turn.begin(2);
    await().until(() -> !isOnline());
  }

  @Test
  void whatIsLostWhileTheStoreIsAwayIsHeardAnew() throws Exception {
    turn.begin(1);
    await().until(this::isOnline);

    turn.isAway = true;
    say(false);
    await().until(() -> turn.failures > 0);
    turn.isAway = false;

    await().until(() -> !isOnline());
  }

  @Test
  void whatTheQueueHadNoRoomForIsHeardAnew() throws Exception {
    turn.begin(1);
    await().until(this::isOnline);
    turn.isHanging = true;
    fill();
    say(false);

    turn.isHanging = false;

    await().until(() -> !isOnline());
  }

  @Test
  void anOrderThatTheQueueHadNoRoomForIsFoundInTheStore() throws Exception {
    turn.begin(1);
    await().until(this::isOnline);
    turn.isHanging = true;
    fill();
    book.issue(UUID.randomUUID(), ONE, new Order.Stop(PUMP), Optional.empty(), Instant.now());
    link.ordered(Set.of(ONE));

    turn.isHanging = false;

    await().until(this::hasOrder);
  }

  /** More than the queue has room for, while the link does nothing. */
  private void fill() throws Exception {
    byte[] pull = codec.encode(new PullProgress(ONE, PUMP, BOOT, "image", 1, 2));
    for (int i = 0; i < 101_000; i++) {
      device.publish(TOPICS.pull(), pull, false);
    }
  }

  @Test
  void whoIsSilentForTooLongIsTakenForGoneByTheOneOnDutyAlone() throws Exception {
    turn.begin(1);
    await().until(this::isOnline);
    turn.isTakenBehindItsBack();
    await().until(this::isRefusedAfterAnotherHeartbeat);
    assertThat(isOnline()).isTrue();
    turn.end();
    await().until(() -> !broker.isConnected("controller"));
    turn.begin(2);
    await().until(() -> broker.isConnected("controller") && isOnline());

    await().until(this::isGoneAfterAnotherHeartbeat);

    // what is asked for is sent again as soon as it is back
    book.issue(UUID.randomUUID(), ONE, new Order.Stop(PUMP), Optional.empty(), Instant.now());
    device.publish(TOPICS.report(), codec.encode(report()), false);
    await().until(this::isOnline);
    await().until(this::hasOrder);
  }

  private boolean isRefusedAfterAnotherHeartbeat() {
    passesAHeartbeat();
    return turn.refusals > 0;
  }

  private boolean isGoneAfterAnotherHeartbeat() {
    passesAHeartbeat();
    return !isOnline();
  }

  /** The link looks at the clock with whatever is asked of it. */
  private void passesAHeartbeat() {
    ahead = ahead.plusSeconds(DeviceReport.HEARTBEAT_SECONDS).minusSeconds(30);
    link.ordered(Set.of());
  }

  @Test
  void whoseTurnIsOverLeaves() {
    turn.begin(1);
    await().until(() -> broker.isConnected("controller"));

    turn.end();

    await().until(() -> !broker.isConnected("controller"));
  }

  private void say(boolean online) throws Exception {
    device.publish(TOPICS.presence(), codec.encode(new Presence(ONE, BOOT, 1, online, 0)), true);
  }

  private boolean hasOrder() {
    return heard.messages().stream().anyMatch(m -> m.topic().equals(TOPICS.order()));
  }

  private boolean isOnline() {
    return fleet.device(ONE).filter(Device::online).isPresent();
  }

  /** A lease that a test gives and takes. */
  private static final class ChangingTurn implements Turn {
    private volatile Optional<Lease> known = Optional.empty();
    private volatile Optional<Lease> real = Optional.empty();
    volatile boolean isAway;
    volatile boolean isHanging;
    volatile int failures;
    volatile int refusals;

    void begin(long term) {
      real = Optional.of(new Lease("devices", "me", term));
      known = real;
    }

    void isTakenBehindItsBack() {
      real = Optional.empty();
    }

    void end() {
      real = Optional.empty();
      known = real;
    }

    @Override
    public Optional<Lease> lease() {
      while (isHanging) {
        Thread.onSpinWait();
      }
      return known;
    }

    @Override
    public synchronized boolean isHeld(Lease lease) {
      if (isAway) {
        failures++;
        throw new IllegalStateException("the store is away");
      }
      boolean isHeld = real.equals(Optional.of(lease));
      if (!isHeld) {
        refusals++;
      }
      return isHeld;
    }
  }
}
