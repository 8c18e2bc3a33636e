package dev.bumpless.controller.link;

import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.fleet.LogSource;
import dev.bumpless.controller.lease.Lease;
import dev.bumpless.controller.lease.Turn;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.release.SigningKeys;
import dev.bumpless.controller.rollout.OrderBook;
import dev.bumpless.controller.rollout.OrderListener;
import dev.bumpless.controller.rollout.Rollouts;
import dev.bumpless.controller.time.Pace;
import dev.bumpless.protocol.Assignment;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.LogQuery;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Topics;
import dev.bumpless.transport.MqttTransport;
import dev.bumpless.transport.TransportException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Speaks to every device through the broker.
 *
 * <h2>Concurrency</h2>
 *
 * One thread does everything: it connects, reads what came, writes it to the store in batches (one
 * sync each), acknowledges, and delivers orders. The transport's callbacks and the API only
 * enqueue.
 *
 * <h2>Nothing is lost</h2>
 *
 * A device repeats a report until it is acknowledged, and it is acknowledged when it is stored. An
 * order is repeated until a report shows that the device has accepted it. Who is there the broker
 * keeps, and tells whoever connects: so the link does that anew after its queue ran over. Where the
 * broker itself lost a will, the device's silence tells. So a full queue, a lost connection or a
 * broker that forgets costs time and nothing else.
 *
 * <h2>Several controllers</h2>
 *
 * Whoever has the {@link Turn} is connected, under the one name that the broker knows; the others
 * are not. Orders that they made are found in the store. What is written is fenced with the lease,
 * and each lease begins with a connection of its own, so that everybody's presence is heard anew.
 */
public final class MqttDeviceLink implements OrderListener, LogSource, AutoCloseable {
  private static final Logger LOG = System.getLogger(MqttDeviceLink.class.getName());
  private static final int INBOX = 100_000;
  private static final int BATCH = 256;

  /** Each order is signed, which takes a while: reports are heard in between. */
  private static final int TOLD_AT_ONCE = 64;

  /** What comes soon after the first message is stored in the same step. */
  private static final Duration GATHER = Duration.ofMillis(20);

  private static final Duration TICK = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
  private static final Duration REMIND_EVERY = Duration.ofSeconds(1);

  private static final Duration LOG_QUERY_VALIDITY = Duration.ofMinutes(5);

  private final MqttTransport transport;
  private final MessageCodec codec;
  private final Fleet fleet;
  private final OrderBook book;
  private final SigningKeys keys;
  private final Turn turn;
  private final Fence fence;
  private final InstantSource clock;
  private final LogStreams logs = new LogStreams();
  private final Deliveries deliveries = new Deliveries();
  private final Overflow overflow = new Overflow();
  private final Pace reminders = new Pace();
  private final Inbound inbound;
  private final BlockingQueue<Event> inbox = new LinkedBlockingQueue<>(INBOX);
  private final Thread thread = new Thread(this::run, "device-link");
  private volatile boolean closed;
  private Optional<Lease> connectedUnder = Optional.empty();
  private long connection;
  private boolean isMoreDue;

  public MqttDeviceLink(
      MqttTransport transport,
      MessageCodec codec,
      Fleet fleet,
      Rollouts rollouts,
      OrderBook book,
      SigningKeys keys,
      Turn turn,
      InstantSource clock) {
    this.transport = transport;
    this.codec = codec;
    this.fleet = fleet;
    this.book = book;
    this.keys = keys;
    this.turn = turn;
    this.fence = new Fence(turn, rollouts);
    this.clock = clock;
    this.inbound = new Inbound(fence, codec, fleet, rollouts, deliveries, logs);
  }

  public void start() {
    thread.start();
  }

  @Override
  public void ordered(Set<DeviceId> devices) {
    offer(new Event.Ordered(devices));
  }

  @Override
  public Answer ask(Question question) {
    turn.require("it cannot ask " + question.device() + " for its log");
    Device device = fleet.require(question.device());
    if (!device.online()) {
      throw Problem.of(
          Problem.Code.DEVICE_OFFLINE,
          "device " + device.id() + " is offline, so its log cannot be read",
          "see `bumpless describe device " + device.id() + "` for when it was last seen");
    }
    UUID id = UUID.randomUUID();
    LogStreams.Stream stream =
        logs.open(id, device.id(), s -> offer(send(query(id, question, true))));
    offer(send(query(id, question, false)));
    return stream;
  }

  private LogQuery query(UUID id, Question question, boolean cancel) {
    return new LogQuery(
        id,
        question.device(),
        question.app(),
        question.container(),
        question.slot(),
        question.tail(),
        question.follow(),
        cancel,
        clock.instant().plus(LOG_QUERY_VALIDITY));
  }

  private Event send(LogQuery query) {
    return new Event.Send(new Topics(query.device()).logQuery(), codec.encode(keys.sign(query)));
  }

  private void offer(Event event) {
    if (!inbox.offer(event) && overflow.happened()) {
      LOG.log(
          Level.WARNING,
          "the link''s queue of {0} is full; it connects anew when that is worked off",
          INBOX);
    }
  }

  private void run() {
    Duration pause = Duration.ofSeconds(1);
    while (!closed) {
      try {
        if (isReady()) {
          pause = Duration.ofSeconds(1);
          work(connectedUnder.orElseThrow());
          mend();
        } else {
          standBy();
        }
      } catch (TransportException e) {
        LOG.log(Level.WARNING, "no broker: {0}; trying again in {1}", e.getMessage(), pause);
        disconnect();
        sleep(pause);
        pause = Pauses.next(pause, LONGEST_PAUSE);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "the link stumbled, and connects anew to hear what it lost", e);
        disconnect();
        sleep(pause);
      }
    }
  }

  /** Connects where it is this controller's turn, and leaves where it is not. */
  private boolean isReady() throws TransportException {
    Optional<Lease> lease = turn.lease();
    if (!lease.equals(connectedUnder)) {
      disconnect();
      if (lease.isPresent() && fence.pass(lease.get(), fleet::markAllOffline)) {
        connect(lease.get());
      }
    }
    return connectedUnder.isPresent();
  }

  /** What is asked for meanwhile is kept in the store; nothing else here can wait. */
  private void standBy() {
    inbox.clear();
    sleep(TICK);
  }

  /** Connects anew, in the next round, to hear the presence that the queue had no room for. */
  private void mend() {
    if (overflow.isToBeMended(clock.instant(), inbox.size() < BATCH)) {
      LOG.log(Level.INFO, "connecting anew to hear what the queue had no room for");
      disconnect();
    }
  }

  private void connect(Lease lease) throws TransportException {
    deliveries.clear();
    overflow.connecting();
    long number = ++connection;
    transport.connect(
        null,
        List.of(Topics.allUp()),
        new MqttTransport.Listener() {
          @Override
          public void received(String topic, byte[] payload) {
            offer(new Event.Received(topic, payload));
          }

          @Override
          public void disconnected(String reason) {
            offer(new Event.Disconnected(number, reason));
          }
        });
    connectedUnder = Optional.of(lease);
    LOG.log(Level.INFO, "connected to the broker");
  }

  private void disconnect() {
    connectedUnder = Optional.empty();
    transport.close();
  }

  private void work(Lease lease) throws TransportException, InterruptedException {
    List<Event> batch = new ArrayList<>();
    Event first = inbox.poll(isMoreDue ? 0 : TICK.toMillis(), TimeUnit.MILLISECONDS);
    if (first != null) {
      if (!isMoreDue && inbox.size() < BATCH) {
        Thread.sleep(GATHER.toMillis());
      }
      batch.add(first);
      inbox.drainTo(batch, BATCH - 1);
    }
    Instant now = clock.instant();
    List<MqttTransport.Message> outgoing = new ArrayList<>(inbound.take(batch, lease, now));
    for (Event event : batch) {
      if (event instanceof Event.Send send) {
        outgoing.add(new MqttTransport.Message(send.topic(), send.payload()));
      } else if (event instanceof Event.Ordered ordered) {
        ordered.devices().forEach(device -> deliveries.schedule(device, now));
      } else if (event instanceof Event.Disconnected gone && gone.connection() == connection) {
        throw new TransportException("connection lost: " + gone.reason());
      }
    }
    inbound.takeSilentForGone(lease, now);
    remind(now);
    outgoing.addAll(orders(now));
    transport.publishAll(outgoing);
  }

  /** Orders may have been made by another controller, which nobody told of here. */
  private void remind(Instant now) {
    if (reminders.isDue(now, REMIND_EVERY)) {
      deliveries.remind(book.waiting(), now);
    }
  }

  /** Those that are to be told now. */
  private List<MqttTransport.Message> orders(Instant now) {
    List<MqttTransport.Message> messages = new ArrayList<>();
    List<DeviceId> due = deliveries.due(now, TOLD_AT_ONCE, inbox.isEmpty());
    isMoreDue = due.size() == TOLD_AT_ONCE;
    for (DeviceId device : due) {
      List<Assignment> orders = fleet.isOnline(device) ? book.unheard(device, now) : List.of();
      if (orders.isEmpty()) {
        deliveries.forget(device);
      }
      for (Assignment order : orders) {
        messages.add(new MqttTransport.Message(new Topics(device).order(), codec.encode(order)));
      }
    }
    return messages;
  }

  private void sleep(Duration pause) {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(15));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    disconnect();
  }
}
