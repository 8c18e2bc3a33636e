package dev.bumpless.agent.link;

import dev.bumpless.agent.swap.Ticker;
import dev.bumpless.transport.MqttTransport;
import dev.bumpless.transport.TransportException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one connection up: connects, and after a loss connects again, later and later. A line on
 * which a question finds no answer for a while is thrown away and made anew, because the MQTT
 * client may be stuck without noticing. Whatever is heard counts as an answer.
 *
 * <p>Everything happens on the loop; only the transport's callbacks come from outside, and they
 * enqueue. At most {@value #MOST_WAITING} messages wait; more are dropped, and the controller says
 * them again.
 */
final class Line {
  static final Duration SILENCE = Duration.ofSeconds(90);
  private static final Duration LOOK = Duration.ofSeconds(30);
  private static final Duration STABLE_AFTER = Duration.ofSeconds(30);
  private static final int MOST_WAITING = 32;
  private static final int MOST_DOUBLINGS = 4;
  private static final Logger LOG = System.getLogger(Line.class.getName());

  private final MqttTransport transport;
  private final IntFunction<MqttTransport.Will> will;
  private final List<String> subscriptions;
  private final Loop loop;
  private final Ticker ticker;
  private final Backoff backoff;
  private final Ends ends;
  private final AtomicInteger waiting = new AtomicInteger();
  private int life;
  private int silences;
  private boolean isUp;
  private boolean isClosed;
  private Instant connectedAt = Instant.EPOCH;
  private @Nullable Instant askedAt;

  /** What happens on the line, told on the loop. */
  interface Ends {
    void connected();

    void heard(String topic, byte[] payload);

    void lost();
  }

  /**
   * @param will of the connection of that number, 1 and up
   */
  Line(
      MqttTransport transport,
      IntFunction<MqttTransport.Will> will,
      List<String> subscriptions,
      Loop loop,
      Ticker ticker,
      Backoff backoff,
      Ends ends) {
    this.transport = transport;
    this.will = will;
    this.subscriptions = subscriptions;
    this.loop = loop;
    this.ticker = ticker;
    this.backoff = backoff;
    this.ends = ends;
  }

  boolean isUp() {
    return isUp;
  }

  /** The number of the connection that is up, or was last. */
  int connection() {
    return life;
  }

  /** Begins, and goes on until {@link #close}. */
  void open() {
    if (isClosed || isUp) {
      return;
    }
    int number = ++life;
    connectedAt = ticker.steady();
    try {
      transport.connect(will.apply(number), subscriptions, new Ear(number));
    } catch (TransportException e) {
      fail(e.getMessage());
      return;
    }
    isUp = true;
    connectedAt = ticker.steady();
    askedAt = null;
    LOG.log(Level.INFO, "event=controller-connected");
    watch(number);
    ends.connected();
  }

  /** Returns whether the broker has it; where not, the line is down or about to be. */
  boolean publish(String topic, byte[] payload, boolean retained) {
    if (!isUp) {
      return false;
    }
    try {
      transport.publish(topic, payload, retained);
      return true;
    } catch (TransportException e) {
      fail(e.getMessage());
      return false;
    }
  }

  /** What the controller answers: from now on silence counts. */
  void ask(MqttTransport.Message question) {
    if (!isUp) {
      return;
    }
    try {
      transport.publishAll(List.of(question));
    } catch (TransportException e) {
      fail(e.getMessage());
      return;
    }
    if (askedAt == null) {
      askedAt = ticker.steady();
    }
  }

  /** For good. The broker drops the will. */
  void close() {
    isClosed = true;
    if (isUp) {
      isUp = false;
      ends.lost();
    }
    transport.close();
  }

  private void fail(String reason) {
    if (isClosed) {
      return;
    }
    boolean wasUp = isUp;
    isUp = false;
    transport.close();
    Instant now = ticker.steady();
    if (wasUp && !now.isBefore(connectedAt.plus(STABLE_AFTER))) {
      backoff.reset();
    }
    Duration pause = backoff.next();
    LOG.log(
        Level.WARNING,
        "event=controller-lost reason=\"{0}\" again-in-ms={1}",
        reason,
        Long.toString(pause.toMillis()));
    if (wasUp) {
      ends.lost();
    }
    loop.schedule(pause, this::open);
  }

  private void watch(int number) {
    loop.schedule(
        LOOK,
        () -> {
          if (!isUp || number != life) {
            return;
          }
          Duration patience = SILENCE.multipliedBy(1L << silences);
          if (askedAt != null && !ticker.steady().isBefore(askedAt.plus(patience))) {
            // without a controller behind the broker nobody answers: look less and less often
            silences = Math.min(silences + 1, MOST_DOUBLINGS);
            fail("no answer for " + patience.toSeconds() + " s");
          } else {
            watch(number);
          }
        });
  }

  private void heard(int number, String topic, byte[] payload) {
    if (isUp && number == life) {
      askedAt = null;
      silences = 0;
      ends.heard(topic, payload);
    }
  }

  private void disconnected(int number, String reason) {
    if (isUp && number == life) {
      fail(reason);
    }
  }

  /** Called by the transport's thread. */
  private final class Ear implements MqttTransport.Listener {
    private final int number;

    Ear(int number) {
      this.number = number;
    }

    @Override
    public void received(String topic, byte[] payload) {
      if (waiting.incrementAndGet() > MOST_WAITING) {
        waiting.decrementAndGet();
        LOG.log(Level.WARNING, "event=message-dropped topic={0} reason=\"too many wait\"", topic);
        return;
      }
      loop.execute(
          () -> {
            waiting.decrementAndGet();
            heard(number, topic, payload);
          });
    }

    @Override
    public void disconnected(String reason) {
      loop.execute(() -> Line.this.disconnected(number, reason));
    }
  }
}
