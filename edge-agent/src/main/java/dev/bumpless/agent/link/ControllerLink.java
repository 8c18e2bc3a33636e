package dev.bumpless.agent.link;

import dev.bumpless.agent.swap.Desired;
import dev.bumpless.agent.swap.Reporter;
import dev.bumpless.agent.swap.Ticker;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DesiredRequest;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.LogChunk;
import dev.bumpless.protocol.MalformedMessageException;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Presence;
import dev.bumpless.protocol.PullProgress;
import dev.bumpless.protocol.ReportAck;
import dev.bumpless.protocol.Topics;
import dev.bumpless.protocol.UpdateLease;
import dev.bumpless.transport.MqttTransport;
import dev.bumpless.trust.Root;
import dev.bumpless.trust.Verifier;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The device's side of the wire: asks for orders, hands on those that are believed, and says what
 * becomes of them. Everything works without a controller too: orders that were accepted are on the
 * disk, and what there is to report waits as its newest state.
 *
 * <p>One thread does everything and owns all state; {@link #report}, {@link #pulling}, {@link
 * #leasesChanged} and the transport's callbacks only enqueue, and may come from any thread.
 */
public final class ControllerLink implements Reporter, AutoCloseable {
  private static final Logger LOG = System.getLogger(ControllerLink.class.getName());
  private static final Duration PULL_EVERY = Duration.ofSeconds(1);

  /**
   * A will of the connection before may come, and be kept, until the broker has given that up: 1.5
   * keep-alives after its last word (MQTT 5, 3.1.2.10), which are 90 s.
   */
  static final Duration AFTER_LATE_WILLS = Duration.ofMinutes(2);

  /** A fleet that came back at once does not say its births in step. */
  static final Duration SPREAD = Duration.ofMinutes(2);

  private final DeviceId device;
  private final UUID boot = UUID.randomUUID();
  private final Topics topics;
  private final MessageCodec codec;
  private final MqttTransport transport;
  private final Ticker ticker;
  private final Loop loop;
  private final OrderDesk orders;
  private final ReportBox box;
  private final PullBox pulls = new PullBox();
  private final RandomGenerator random;
  private final Line line;
  private final ReportSender reports;
  private final LogDesk logs;
  private @Nullable Consumer<Desired> reconciler;
  private boolean isPullScheduled;

  /**
   * What a link is made of.
   *
   * @param root whom this device believes
   * @param state folder for {@code floors} and {@code orders/}
   * @param builtAt when this agent was built: it is later than that, whatever the clock says
   * @param inventory asked by the link's thread for each report; returns at once, never throws
   * @param leases as {@code inventory}: who asks that nothing is swapped
   * @param labels of the configuration
   * @param ticker the reconciler's
   */
  public record Parts(
      DeviceId device,
      MqttTransport transport,
      MessageCodec codec,
      Root root,
      Path state,
      Instant builtAt,
      Supplier<DeviceReport.Inventory> inventory,
      Supplier<List<UpdateLease>> leases,
      Map<String, String> labels,
      LogSource logs,
      Ticker ticker) {}

  /**
   * Reads what was accepted before; nothing is connected before {@link #start}.
   *
   * @throws IOException when the state folder cannot be read or written
   */
  public ControllerLink(Parts parts) throws IOException {
    this(
        parts,
        new ThreadLoop("controller-link"),
        Executors.newCachedThreadPool(ControllerLink::logReader));
  }

  /**
   * As {@link #ControllerLink(Parts)}, on threads that are the caller's.
   *
   * @param readers where logs are read; tasks block
   */
  public ControllerLink(Parts parts, Loop loop, Executor readers) throws IOException {
    this(parts, loop, readers, new Random());
  }

  ControllerLink(Parts parts, Loop loop, Executor readers, RandomGenerator random)
      throws IOException {
    this.random = random;
    this.device = parts.device();
    this.topics = new Topics(device);
    this.codec = parts.codec();
    this.transport = parts.transport();
    this.ticker = parts.ticker();
    this.loop = loop;
    Verifier verifier = new Verifier(parts.root());
    this.orders = OrderDesk.open(parts.state(), device, verifier, codec, parts.builtAt());
    this.box = new ReportBox(device, boot, parts.labels());
    List<String> mine = List.of(topics.allDown());
    Backoff backoff = new Backoff(random);
    this.line = new Line(transport, this::will, mine, loop, ticker, backoff, new LineEnds());
    this.reports =
        new ReportSender(
            box,
            () -> box.next(parts.inventory().get(), parts.leases().get(), ticker.wall()),
            codec,
            topics.report(),
            line,
            loop,
            ticker,
            this::askForOrders);
    this.logs = new LogDesk(device, verifier, codec, parts.logs(), readers, loop, this::publish);
  }

  private static Thread logReader(Runnable task) {
    Thread thread = new Thread(task, "log-reader");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Hands over every order that was accepted before, in the caller's thread, then connects in its
   * own. Once.
   *
   * @param newReconciler called by the caller's thread during this call, by the link's afterwards;
   *     returns at once; an IllegalStateException means that it cannot take that app
   */
  public void start(Consumer<Desired> newReconciler) {
    for (Desired desired : orders.kept()) {
      try {
        newReconciler.accept(desired);
      } catch (IllegalStateException e) {
        LOG.log(Level.ERROR, "event=kept-order-refused reason=\"{0}\"", e.getMessage());
      }
    }
    loop.execute(
        () -> {
          reconciler = newReconciler;
          orders.troubles().forEach(trouble -> reject("TRUST_LOST", trouble, trouble));
          line.open();
        });
  }

  @Override
  public void report(AppReport report) {
    loop.execute(
        () -> {
          box.put(report);
          if (report.phase() == Phase.DELETED && orders.holds(report.app(), report.sequence())) {
            orders.forget(report.app());
          }
          reports.changed();
        });
  }

  /** Somebody took an update lease, or gave it back. For any thread. */
  public void leasesChanged() {
    loop.execute(
        () -> {
          box.refresh();
          reports.changed();
        });
  }

  @Override
  public void pulling(AppName app, UUID order, String image, long doneBytes, long totalBytes) {
    PullProgress progress = new PullProgress(device, app, order, image, doneBytes, totalBytes);
    loop.execute(
        () -> {
          pulls.put(progress);
          if (!isPullScheduled) {
            isPullScheduled = true;
            sendPulls();
            loop.schedule(PULL_EVERY, this::afterPullPause);
          }
        });
  }

  /** At most a second's worth of progress is sent, the newest of each app. */
  private void afterPullPause() {
    if (pulls.isEmpty()) {
      isPullScheduled = false;
    } else {
      sendPulls();
      loop.schedule(PULL_EVERY, this::afterPullPause);
    }
  }

  private void sendPulls() {
    for (PullProgress progress : pulls.takeAll()) {
      line.publish(topics.pull(), codec.encode(progress), false);
    }
  }

  /** Says goodbye where there is a connection, and ends. Idempotent. */
  @Override
  public void close() {
    loop.closeAfter(
        () -> {
          line.publish(topics.presence(), presence(line.connection(), false, box.count()), true);
          line.close();
        });
    transport.close();
  }

  private final class LineEnds implements Line.Ends {
    @Override
    public void connected() {
      if (sayBirth()) {
        askForOrders();
        reports.connected();
        sayBirthAgain(line.connection());
      }
    }

    @Override
    public void heard(String topic, byte[] payload) {
      if (topic.equals(topics.order())) {
        order(payload);
      } else if (topic.equals(topics.reportAck())) {
        acknowledged(payload);
      } else if (topic.equals(topics.logQuery())) {
        logs.take(payload, orders.notBefore(ticker.wall()))
            .ifPresent(r -> reject(r.code(), r.message(), r.message()));
      } else {
        LOG.log(Level.WARNING, "event=message-ignored topic={0}", topic);
      }
    }

    @Override
    public void lost() {
      logs.closeAll();
    }
  }

  private boolean sayBirth() {
    return line.publish(topics.presence(), presence(line.connection(), true, box.count()), true);
  }

  /** So that it is kept, and not a will that came after it. */
  private void sayBirthAgain(int connection) {
    long spread = random.nextLong(SPREAD.toMillis());
    loop.schedule(
        AFTER_LATE_WILLS.plusMillis(spread),
        () -> {
          if (line.isUp() && line.connection() == connection) {
            sayBirth();
          }
        });
  }

  private void order(byte[] payload) {
    Verdict verdict = orders.take(payload, ticker.wall());
    if (verdict instanceof Verdict.Accepted accepted) {
      obey(accepted.desired());
    } else if (verdict instanceof Verdict.Rejected rejected) {
      reject(rejected.code(), rejected.message(), rejected.key());
      rejected.order().ifPresent(order -> refuse(order, rejected.code(), rejected.message()));
    } else if (verdict instanceof Verdict.Duplicate && box.isSettled()) {
      box.refresh(); // the controller has forgotten that we said so
      reports.changed();
    }
  }

  private void obey(Desired desired) {
    Order order = desired.order();
    LOG.log(
        Level.INFO,
        "event=order-accepted app={0} sequence={1} action={2}",
        order.app(),
        Long.toString(order.sequence()),
        order.action());
    try {
      if (reconciler != null) {
        reconciler.accept(desired);
      }
    } catch (IllegalStateException e) {
      orders.forget(order.app());
      String why = String.valueOf(e.getMessage());
      reject("TOO_MANY_APPS", why, order.toString());
      refuse(order, "TOO_MANY_APPS", why);
    }
  }

  private void reject(String code, String message, String key) {
    if (box.reject(code, message, key, ticker.wall())) {
      LOG.log(Level.WARNING, "event=refused code={0} reason=\"{1}\"", code, message);
      reports.changed();
    }
  }

  private void refuse(Order order, String code, String message) {
    Phase phase = code.equals("EXPIRED") ? Phase.EXPIRED : Phase.REJECTED;
    box.refuse(order, phase, "refused, " + code + ": " + message, ticker.wall());
    reports.changed();
  }

  private void acknowledged(byte[] payload) {
    try {
      reports.acknowledged(codec.decode(payload, ReportAck.class));
    } catch (MalformedMessageException e) {
      reject("MALFORMED", e.getMessage(), e.getMessage());
    }
  }

  private void askForOrders() {
    DesiredRequest request = new DesiredRequest(device, boot, orders.sequences());
    line.publish(topics.desired(), codec.encode(request), false);
  }

  private void publish(LogChunk chunk) {
    line.publish(topics.logs(), codec.encode(chunk), false);
  }

  private MqttTransport.Will will(int connection) {
    return new MqttTransport.Will(topics.presence(), presence(connection, false, 0));
  }

  private byte[] presence(int connection, boolean online, long reports) {
    return codec.encode(new Presence(device, boot, connection, online, reports));
  }
}
