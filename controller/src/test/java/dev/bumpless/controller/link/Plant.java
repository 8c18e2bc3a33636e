package dev.bumpless.controller.link;

import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Assignment;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.DeviceReport.Inventory;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Presence;
import dev.bumpless.protocol.ReportAck;
import dev.bumpless.protocol.Topics;
import dev.bumpless.transport.MqttTransport;
import dev.bumpless.trust.Envelope;
import dev.bumpless.trust.Verifier;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Many devices on one connection, so that a fleet fits on the machine of a test. Each does what an
 * agent does on the wire: it believes only what is signed for it, takes an order once, repeats a
 * report until it is acknowledged, and takes a while for its work. One thread of its own.
 */
public final class Plant implements MqttTransport.Listener, AutoCloseable {
  private static final Duration REPEAT = Duration.ofSeconds(2);
  private static final int FASTEST_MILLIS = 200;
  private static final int SLOWEST_MILLIS = 2_500;

  private final MqttTransport transport;
  private final MessageCodec codec;
  private final Verifier verifier;
  private final Ledger ledger;
  private final Random random;
  private final Map<DeviceId, Gateway> gateways = new HashMap<>();
  private final BlockingQueue<Message> inbox = new LinkedBlockingQueue<>();
  private final Thread thread = new Thread(this::run, "plant");
  private final double failing;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Message(String topic, byte[] payload) {}

  /**
   * @param sites the devices, each with its site
   * @param failing share of devices that roll back, from 0 to 1
   * @param seed of who fails and of how long each takes
   */
  public Plant(
      MqttTransport transport,
      MessageCodec codec,
      Verifier verifier,
      Ledger ledger,
      Map<DeviceId, String> sites,
      double failing,
      long seed) {
    this.transport = transport;
    this.codec = codec;
    this.verifier = verifier;
    this.ledger = ledger;
    this.failing = failing;
    this.random = new Random(seed);
    sites.forEach((id, site) -> gateways.put(id, new Gateway(id, site)));
    thread.setDaemon(true);
  }

  /** All of them are born. */
  public void connect() throws Exception {
    transport.connect(
        null, gateways.values().stream().map(g -> g.topics.allDown()).sorted().toList(), this);
    thread.start();
  }

  @Override
  public void received(String topic, byte[] payload) {
    inbox.add(new Message(topic, payload));
  }

  @Override
  public void disconnected(String reason) {
    ledger.doubts(new IllegalStateException("the broker is gone: " + reason));
  }

  private void run() {
    try {
      for (Gateway gateway : gateways.values()) {
        gateway.isBorn();
      }
      while (!Thread.interrupted()) {
        Message message = inbox.poll(20, TimeUnit.MILLISECONDS);
        if (message != null) {
          gateways.get(Topics.deviceOf(message.topic())).hears(message);
        }
        Instant now = Instant.now();
        for (Gateway gateway : gateways.values()) {
          gateway.worksOn(now);
        }
      }
    } catch (InterruptedException e) {
      // closed
    } catch (Exception e) {
      ledger.doubts(e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    transport.close();
  }

  /** One device. */
  private final class Gateway {
    private final DeviceId id;
    private final String site;
    private final Topics topics;
    private final UUID boot = UUID.randomUUID();
    private final boolean isFailing;
    private final Duration pace;
    private long number;
    private long acknowledged;
    private Instant repeatAt = Instant.MAX;
    private Optional<Order> order = Optional.empty();
    private Optional<Instant> endsAt = Optional.empty();
    private Optional<AppReport> app = Optional.empty();

    Gateway(DeviceId id, String site) {
      this.id = id;
      this.site = site;
      this.topics = new Topics(id);
      this.isFailing = random.nextDouble() < failing;
      this.pace =
          Duration.ofMillis(FASTEST_MILLIS + random.nextInt(SLOWEST_MILLIS - FASTEST_MILLIS));
    }

    void isBorn() throws Exception {
      transport.publish(topics.presence(), codec.encode(new Presence(id, boot, 1, true, 0)), true);
      number++;
      report();
    }

    void hears(Message message) throws Exception {
      if (message.topic().equals(topics.reportAck())) {
        isAcknowledged(codec.decode(message.payload(), ReportAck.class));
      } else if (message.topic().equals(topics.order())) {
        takes(codec.decode(message.payload(), Assignment.class));
      } else {
        throw new IllegalStateException("nobody sends to " + message.topic());
      }
    }

    private void isAcknowledged(ReportAck ack) {
      if (ack.boot().equals(boot) && ack.number() == number && acknowledged < number) {
        acknowledged = number;
        repeatAt = Instant.MAX;
        if (app.filter(report -> report.phase() == Phase.ROLLED_BACK).isPresent()) {
          ledger.failureIsStored(Instant.now());
        }
      }
    }

    private void takes(Assignment assignment) throws Exception {
      Order heard = codec.decode(verifier.verify(assignment.order(), Envelope.ORDER), Order.class);
      if (!heard.device().equals(id) || heard.expires().isBefore(Instant.now())) {
        throw new IllegalStateException("not for " + id + ", or expired: " + heard);
      }
      if (order.filter(known -> known.sequence() >= heard.sequence()).isPresent()) {
        ledger.isToldAgain();
        return;
      }
      if (endsAt.isPresent()) {
        ledger.ends(id, site);
      }
      order = Optional.of(heard);
      ledger.begins(heard, site);
      endsAt = Optional.of(Instant.now().plus(pace));
      says(heard, Phase.STARTING);
    }

    void worksOn(Instant now) throws Exception {
      if (endsAt.filter(at -> !at.isAfter(now)).isPresent()) {
        endsAt = Optional.empty();
        ledger.ends(id, site);
        says(order.orElseThrow(), isFailing ? Phase.ROLLED_BACK : Phase.COMMITTED);
      } else if (!repeatAt.isAfter(now)) {
        report();
      }
    }

    private void says(Order about, Phase phase) throws Exception {
      app = Optional.of(appReport(about, phase));
      number++;
      report();
    }

    private void report() throws Exception {
      repeatAt = Instant.now().plus(REPEAT);
      DeviceReport report =
          new DeviceReport(
              id,
              boot,
              number,
              Instant.now(),
              new Inventory("linux/amd64", "20.10.24", "0.1.0", 1L << 33, 1L << 30),
              Map.of("site", site, "fleet", "simulated"),
              app.stream().toList(),
              List.of());
      transport.publish(topics.report(), codec.encode(report), false);
    }

    private AppReport appReport(Order about, Phase phase) {
      Order.Run run = (Order.Run) about.action();
      return new AppReport(
          about.app(),
          about.id(),
          about.sequence(),
          phase,
          Optional.of(run.revision()),
          phase.isSuccess() ? Optional.of(run.revision()) : Optional.empty(),
          Optional.of("green"),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          "it is " + phase,
          Map.of(),
          Instant.now());
    }
  }
}
