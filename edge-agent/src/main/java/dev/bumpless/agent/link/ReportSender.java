package dev.bumpless.agent.link;

import dev.bumpless.agent.swap.Ticker;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.ReportAck;
import dev.bumpless.transport.MqttTransport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says what is in the {@link ReportBox} until the controller has stored it: at once after a change
 * but not more than once a second, again after 5 s, 10 s … 60 s while it is not acknowledged, and
 * every ten minutes where nothing changes. That the device is there the broker knows, by its keep
 * alive and will; the heartbeat tells whether the controller behind it still listens. The
 * controller's word is what counts, so the broker's is asked for only where that stays away: then
 * it tells a line that is dead. On the loop.
 */
final class ReportSender {
  static final Duration HEARTBEAT = Duration.ofSeconds(DeviceReport.HEARTBEAT_SECONDS);
  static final Duration FIRST_WAIT = Duration.ofSeconds(5);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
  private static final Duration GATHER = Duration.ofSeconds(1);
  private static final Logger LOG = System.getLogger(ReportSender.class.getName());

  private final ReportBox box;
  private final Supplier<DeviceReport> next;
  private final MessageCodec codec;
  private final String topic;
  private final Line line;
  private final Loop loop;
  private final Ticker ticker;
  private final Runnable onSilence;
  private boolean isScheduled;
  private int turn;
  private Duration wait = FIRST_WAIT;
  private Instant sentAt = Instant.EPOCH;
  private @Nullable Instant unheardSince;

  /**
   * @param next what the box has to say now
   * @param onSilence called before a report is said again: the controller may have missed more
   */
  ReportSender(
      ReportBox box,
      Supplier<DeviceReport> next,
      MessageCodec codec,
      String topic,
      Line line,
      Loop loop,
      Ticker ticker,
      Runnable onSilence) {
    this.box = box;
    this.next = next;
    this.codec = codec;
    this.topic = topic;
    this.line = line;
    this.loop = loop;
    this.ticker = ticker;
    this.onSilence = onSilence;
  }

  /** A fresh line: whatever was sent before may be lost. */
  void connected() {
    wait = FIRST_WAIT;
    unheardSince = null;
    box.refresh();
    send();
  }

  /** The box holds something new. */
  void changed() {
    if (!line.isUp() || isScheduled) {
      return;
    }
    isScheduled = true;
    Duration since = Duration.between(sentAt, ticker.steady());
    Duration rest = GATHER.minus(since);
    loop.schedule(
        rest.isNegative() ? Duration.ZERO : rest,
        () -> {
          isScheduled = false;
          wait = FIRST_WAIT;
          send();
        });
  }

  void acknowledged(ReportAck ack) {
    unheardSince = null;
    if (box.acknowledge(ack)) {
      wait = FIRST_WAIT;
      if (box.isDirty()) {
        changed();
      }
    }
  }

  private void send() {
    if (!line.isUp()) {
      return;
    }
    int mine = ++turn;
    sentAt = ticker.steady();
    if (unheardSince == null) {
      unheardSince = sentAt;
    }
    boolean isHeard = Duration.between(unheardSince, sentAt).compareTo(FIRST_WAIT) < 0;
    line.ask(new MqttTransport.Message(topic, encode(next.get()), isHeard));
    Duration patience = wait;
    Duration twice = wait.multipliedBy(2);
    wait = twice.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : twice;
    loop.schedule(patience, () -> repeat(mine));
    loop.schedule(HEARTBEAT, () -> beat(mine));
  }

  private void repeat(int mine) {
    if (mine == turn && line.isUp() && !box.isSettled()) {
      onSilence.run();
      send();
    }
  }

  private void beat(int mine) {
    if (mine == turn && line.isUp()) {
      box.refresh();
      send();
    }
  }

  private byte[] encode(DeviceReport report) {
    try {
      return codec.encode(report);
    } catch (IllegalArgumentException e) {
      LOG.log(Level.WARNING, "event=report-too-large reason=\"{0}\"", e.getMessage());
      return codec.encode(ReportBox.slim(report));
    }
  }
}
