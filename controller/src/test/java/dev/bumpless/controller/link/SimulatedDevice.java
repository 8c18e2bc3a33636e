package dev.bumpless.controller.link;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Assignment;
import dev.bumpless.protocol.DesiredRequest;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.DeviceReport.Inventory;
import dev.bumpless.protocol.LogChunk;
import dev.bumpless.protocol.LogQuery;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Presence;
import dev.bumpless.protocol.PullProgress;
import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.ReportAck;
import dev.bumpless.protocol.Revision;
import dev.bumpless.protocol.Topics;
import dev.bumpless.protocol.UpdateLease;
import dev.bumpless.transport.MqttTransport;
import dev.bumpless.trust.Envelope;
import dev.bumpless.trust.Root;
import dev.bumpless.trust.Sha256;
import dev.bumpless.trust.Verifier;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/**
 * A device that believes what an agent would believe and says what a test wants it to say. One
 * thread of its own; the test sees what it took through the public lists.
 */
public final class SimulatedDevice implements MqttTransport.Listener, AutoCloseable {
  /** Orders that it believed, in the order that they came. */
  public final List<Order> orders = new CopyOnWriteArrayList<>();

  public final List<ReportAck> acks = new CopyOnWriteArrayList<>();
  public final List<LogQuery> questions = new CopyOnWriteArrayList<>();

  /** What broke its belief. */
  public final List<Exception> doubts = new CopyOnWriteArrayList<>();

  private final DeviceId id;
  private final Topics topics;
  private final MqttTransport transport;
  private final MessageCodec codec;
  private final Verifier verifier;
  private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
  private final Map<AppName, Long> sequences = new TreeMap<>();
  private final Map<AppName, AppReport> apps = new TreeMap<>();
  private volatile Function<Order, List<Phase>> course = order -> List.of(finalPhase(order));
  private volatile UUID boot = UUID.randomUUID();
  private volatile List<UpdateLease> leases = List.of();
  private volatile long availableMemoryBytes = 1L << 30;
  private long number;
  private final Thread thread = new Thread(this::run, "simulated-device");

  public SimulatedDevice(DeviceId id, MqttTransport transport, MessageCodec codec, Root root) {
    this.id = id;
    this.topics = new Topics(id);
    this.transport = transport;
    this.codec = codec;
    this.verifier = new Verifier(root);
    thread.setDaemon(true);
    thread.start();
  }

  /** What it goes through with each order; by default to success at once. */
  public void follow(Function<Order, List<Phase>> phases) {
    course = phases;
  }

  /** Who asks there that nothing is swapped; said with the next report. */
  public void leasing(UpdateLease lease) {
    leases = List.of(lease);
  }

  /** Says at once that it has that much memory left. */
  public void hasMemory(long bytes) {
    availableMemoryBytes = bytes;
    inbox.add(this::report);
  }

  public static Phase finalPhase(Order order) {
    if (order.action() instanceof Order.Stop) {
      return Phase.STOPPED;
    }
    return order.action() instanceof Order.Delete ? Phase.DELETED : Phase.COMMITTED;
  }

  /** Begins a new life: birth, report, and the question for what is new. */
  public void connect() throws Exception {
    boot = UUID.randomUUID();
    number = 0;
    transport.connect(
        new MqttTransport.Will(
            topics.presence(), codec.encode(new Presence(id, boot, 1, false, 0))),
        List.of(topics.allDown()),
        this);
    transport.publish(topics.presence(), codec.encode(new Presence(id, boot, 1, true, 0)), true);
    inbox.add(this::report);
    ask();
  }

  /** Asks for everything newer than it holds. */
  public void ask() {
    inbox.add(() -> send(topics.desired(), codec.encode(new DesiredRequest(id, boot, sequences))));
  }

  public void forgetEverything() {
    inbox.add(
        () -> {
          sequences.clear();
          apps.clear();
        });
  }

  public void say(String topic, byte[] payload) {
    inbox.add(() -> send(topic, payload));
  }

  public UUID boot() {
    return boot;
  }

  @Override
  public void received(String topic, byte[] payload) {
    inbox.add(() -> take(topic, payload));
  }

  @Override
  public void disconnected(String reason) {}

  private void run() {
    try {
      while (!Thread.interrupted()) {
        inbox.take().run();
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  private void take(String topic, byte[] payload) {
    try {
      if (topic.equals(topics.order())) {
        order(codec.decode(payload, Assignment.class));
      } else if (topic.equals(topics.reportAck())) {
        acks.add(codec.decode(payload, ReportAck.class));
      } else if (topic.equals(topics.logQuery())) {
        Envelope envelope = codec.decode(payload, Envelope.class);
        log(codec.decode(verifier.verify(envelope, Envelope.LOG_QUERY), LogQuery.class));
      } else {
        throw new IllegalStateException("nobody sends to " + topic);
      }
    } catch (Exception e) {
      doubts.add(e);
    }
  }

  private void order(Assignment assignment) throws Exception {
    Order order = codec.decode(verifier.verify(assignment.order(), Envelope.ORDER), Order.class);
    if (order.action() instanceof Order.Run run) {
      byte[] payload = verifier.verify(assignment.release().orElseThrow(), Envelope.RELEASE);
      Release release = codec.decode(payload, Release.class);
      if (!Sha256.hex(payload).equals(run.releaseSha256())
          || !release.id().equals(run.revision().release())) {
        throw new IllegalStateException("order and release do not agree");
      }
    }
    if (!order.device().equals(id) || order.expires().isBefore(Instant.now())) {
      throw new IllegalStateException("not for this device, or expired: " + order);
    }
    if (order.sequence() <= sequences.getOrDefault(order.app(), 0L)) {
      report();
      return;
    }
    orders.add(order);
    sequences.put(order.app(), order.sequence());
    for (Phase phase : course.apply(order)) {
      apps.put(order.app(), report(order, phase));
      if (phase == Phase.PULLING) {
        send(
            topics.pull(),
            codec.encode(new PullProgress(id, order.app(), order.id(), "some/image", 10, 40)));
      }
      report();
    }
  }

  private AppReport report(Order order, Phase phase) {
    Optional<Revision> revision =
        order.action() instanceof Order.Run run ? Optional.of(run.revision()) : Optional.empty();
    return new AppReport(
        order.app(),
        order.id(),
        order.sequence(),
        phase,
        revision,
        phase.isSuccess() ? revision : Optional.empty(),
        revision.map(r -> "green"),
        Optional.of(Duration.ofNanos(3_100_000)),
        Optional.of(Duration.ofNanos(1_400_000)),
        Optional.of("open"),
        List.of(new AppReport.StepTime("PULLING", Duration.ofMillis(812))),
        "it is " + phase,
        Map.of("0/main", "running"),
        Instant.now());
  }

  private void report() {
    send(
        topics.report(),
        codec.encode(
            new DeviceReport(
                id,
                boot,
                ++number,
                Instant.now(),
                new Inventory("linux/amd64", "20.10.24", "0.1.0", 1L << 33, availableMemoryBytes),
                Map.of("line", "7"),
                List.copyOf(apps.values()),
                List.of(),
                leases)));
  }

  private void log(LogQuery query) {
    questions.add(query);
    if (query.cancel() || query.app().value().equals("silent")) {
      return;
    }
    if (!sequences.containsKey(query.app())) {
      chunk(new LogChunk(query.id(), 0, "", true, "no such app here"));
      return;
    }
    chunk(new LogChunk(query.id(), 0, "first line\n", false, ""));
    chunk(new LogChunk(query.id(), 2, "third line\n", !query.follow(), ""));
  }

  private void chunk(LogChunk chunk) {
    send(topics.logs(), codec.encode(chunk));
  }

  private void send(String topic, byte[] payload) {
    try {
      transport.publish(topic, payload, false);
    } catch (Exception e) {
      doubts.add(e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    transport.close();
  }
}
