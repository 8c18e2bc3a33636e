package dev.bumpless.controller.link;

import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.lease.Lease;
import dev.bumpless.controller.rollout.Rollouts;
import dev.bumpless.protocol.DesiredRequest;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.LogChunk;
import dev.bumpless.protocol.MalformedMessageException;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Presence;
import dev.bumpless.protocol.PullProgress;
import dev.bumpless.protocol.ReportAck;
import dev.bumpless.protocol.Topics;
import dev.bumpless.transport.MqttTransport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads what devices say and writes it down, a batch in one step. A message that cannot be read, or
 * that speaks for another device, is dropped and logged. Used by the link's thread alone.
 */
final class Inbound {
  private static final Logger LOG = System.getLogger(Inbound.class.getName());

  /**
   * A device asks for its orders after its birth; this is for the case that the question got lost.
   */
  private static final Duration AFTER_BIRTH = Duration.ofSeconds(3);

  /** Devices that are told by name where many are meant. */
  private static final int NAMED = 10;

  private final Fence fence;
  private final MessageCodec codec;
  private final Fleet fleet;
  private final Rollouts rollouts;
  private final Deliveries deliveries;
  private final LogStreams logs;

  Inbound(
      Fence fence,
      MessageCodec codec,
      Fleet fleet,
      Rollouts rollouts,
      Deliveries deliveries,
      LogStreams logs) {
    this.fence = fence;
    this.codec = codec;
    this.fleet = fleet;
    this.rollouts = rollouts;
    this.deliveries = deliveries;
    this.logs = logs;
  }

  /**
   * Stores all of the batch; returns what may be answered now that it is stored. Where the lease is
   * lost nothing is: whoever has it now hears the same, or hears it again.
   */
  List<MqttTransport.Message> take(List<Event> batch, Lease lease, Instant now) {
    List<Event.Received> messages =
        batch.stream()
            .filter(Event.Received.class::isInstance)
            .map(Event.Received.class::cast)
            .toList();
    List<MqttTransport.Message> answers = new ArrayList<>();
    if (!messages.isEmpty()) {
      fence.pass(lease, () -> messages.forEach(message -> take(message, answers, now)));
    }
    return answers;
  }

  private void take(Event.Received message, List<MqttTransport.Message> answers, Instant now) {
    try {
      DeviceId device = Topics.deviceOf(message.topic());
      take(new Topics(device), message, answers, now);
    } catch (MalformedMessageException | IllegalArgumentException e) {
      LOG.log(Level.WARNING, "dropped a message on {0}: {1}", message.topic(), e.getMessage());
    }
  }

  private void take(
      Topics topics, Event.Received message, List<MqttTransport.Message> answers, Instant now)
      throws MalformedMessageException {
    String topic = message.topic();
    byte[] payload = message.payload();
    if (topic.equals(topics.presence())) {
      presence(topics, codec.decode(payload, Presence.class), now);
    } else if (topic.equals(topics.report())) {
      answers.add(report(topics, codec.decode(payload, DeviceReport.class), now));
    } else if (topic.equals(topics.desired())) {
      desired(topics, codec.decode(payload, DesiredRequest.class), now);
      fleet.heard(topics.device(), now);
    } else if (topic.equals(topics.pull())) {
      PullProgress progress = codec.decode(payload, PullProgress.class);
      sameDevice(topics, progress.device());
      fleet.heard(progress);
      fleet.heard(topics.device(), now);
    } else if (topic.equals(topics.logs())) {
      logs.bring(topics.device(), codec.decode(payload, LogChunk.class));
      fleet.heard(topics.device(), now);
    } else {
      throw new MalformedMessageException("nobody reads this topic");
    }
  }

  private void presence(Topics topics, Presence presence, Instant now) {
    sameDevice(topics, presence.device());
    boolean counts = fleet.heard(presence, now);
    if (counts && presence.online()) {
      deliveries.arrived(presence.device(), now.plus(AFTER_BIRTH));
    } else if (counts) {
      deliveries.left(presence.device());
    }
  }

  /** A device that misses its acknowledgement says its report again. */
  private MqttTransport.Message report(Topics topics, DeviceReport report, Instant now) {
    sameDevice(topics, report.device());
    if (fleet.heard(report, now)) {
      rollouts.heard(report, now);
      if (fleet.isThere(report.device())) {
        deliveries.spoke(report.device(), now.plus(AFTER_BIRTH));
      }
    }
    return new MqttTransport.Message(
        topics.reportAck(), codec.encode(new ReportAck(report.boot(), report.number())), true);
  }

  /** Takes for gone whoever is silent for too long, all in one durable step. */
  void takeSilentForGone(Lease lease, Instant now) {
    Map<DeviceId, Instant> silent = fleet.silent(now);
    if (!silent.isEmpty() && fence.pass(lease, () -> silent.forEach(fleet::takeForGone))) {
      silent.keySet().forEach(deliveries::left);
      LOG.log(
          Level.WARNING,
          "taken for gone without a word of the broker: {0} devices, not heard for too long; {1}",
          silent.size(),
          silent.keySet().stream().limit(NAMED).toList());
    }
  }

  private void desired(Topics topics, DesiredRequest request, Instant now) {
    sameDevice(topics, request.device());
    rollouts.holds(request.device(), request.sequences(), now);
    deliveries.schedule(request.device(), now);
  }

  private static void sameDevice(Topics topics, DeviceId speaker) {
    if (!topics.device().equals(speaker)) {
      throw new IllegalArgumentException("it speaks for " + speaker);
    }
  }
}
