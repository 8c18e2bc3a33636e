package dev.bumpless.controller.broker;

import dev.bumpless.controller.SomeApps;
import dev.bumpless.controller.audit.MemoryAuditLog;
import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.fleet.MemoryFleetStore;
import dev.bumpless.controller.lease.Turn;
import dev.bumpless.controller.link.MqttDeviceLink;
import dev.bumpless.controller.release.FakeKeys;
import dev.bumpless.controller.release.FakeRegistry;
import dev.bumpless.controller.release.MemoryReleaseStore;
import dev.bumpless.controller.release.ReleaseService;
import dev.bumpless.controller.rollout.MemoryOrderStore;
import dev.bumpless.controller.rollout.MemoryRolloutStore;
import dev.bumpless.controller.rollout.OrderBook;
import dev.bumpless.controller.rollout.Rollouts;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.transport.MqttTransport;
import dev.bumpless.transport.PahoTransport;
import dev.bumpless.transport.TransportException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Phaser;
import org.jspecify.annotations.Nullable;

/**
 * The product's own link at a broker; a test says when it takes what comes, and what time it is.
 */
final class ListeningController implements AutoCloseable {
  final MessageCodec codec = new MessageCodec(new SomeApps());
  private final Fleet fleet;
  private final MqttDeviceLink link;
  private final StallingTransport transport;
  private volatile Duration ahead = Duration.ZERO;

  ListeningController(BrokerUnderTest broker, Set<DeviceId> enrolled) {
    FakeKeys keys = new FakeKeys(codec);
    MemoryOrderStore orders = new MemoryOrderStore();
    MemoryReleaseStore releases = new MemoryReleaseStore();
    OrderBook book = new OrderBook(orders, releases, keys);
    ReleaseService service = new ReleaseService(releases, new FakeRegistry(), keys, new SomeApps());
    fleet = new Fleet(new MemoryFleetStore(), () -> enrolled);
    transport =
        new StallingTransport(
            new PahoTransport(
                new PahoTransport.Config(
                    broker.uri(),
                    "controller",
                    broker.tls("controller"),
                    PahoTransport.Config.TIMEOUT,
                    PahoTransport.Config.KEEP_ALIVE)));
    link =
        new MqttDeviceLink(
            transport,
            codec,
            fleet,
            new Rollouts(
                new MemoryRolloutStore(), orders, book, service, fleet, new MemoryAuditLog()),
            book,
            keys,
            Turn.ALWAYS,
            this::now);
    link.start();
  }

  Instant now() {
    return Instant.now().plus(ahead);
  }

  void timePasses(Duration time) {
    ahead = ahead.plus(time);
  }

  Device device(DeviceId id) {
    return fleet.require(id);
  }

  /** From now on it takes nothing, and acknowledges nothing, so that it waits at the broker. */
  void stall() {
    transport.gate.register();
  }

  void goOn() {
    transport.gate.arriveAndDeregister();
  }

  @Override
  public void close() {
    transport.gate.forceTermination();
    link.close();
  }

  /** Paho's thread waits in it, and Paho acknowledges only what was taken. */
  private record StallingTransport(MqttTransport real, Phaser gate) implements MqttTransport {
    StallingTransport(MqttTransport real) {
      this(real, new Phaser(0));
    }

    @Override
    public void connect(@Nullable Will will, List<String> subscriptions, Listener listener)
        throws TransportException {
      real.connect(
          will,
          subscriptions,
          new Listener() {
            @Override
            public void received(String topic, byte[] payload) {
              if (gate.getRegisteredParties() > 0) {
                gate.awaitAdvance(gate.getPhase());
              }
              listener.received(topic, payload);
            }

            @Override
            public void disconnected(String reason) {
              listener.disconnected(reason);
            }
          });
    }

    @Override
    public void publish(String topic, byte[] payload, boolean retained) throws TransportException {
      real.publish(topic, payload, retained);
    }

    @Override
    public boolean isConnected() {
      return real.isConnected();
    }

    @Override
    public void close() {
      real.close();
    }
  }
}
