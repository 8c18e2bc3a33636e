package dev.bumpless.agent.link;

import dev.bumpless.protocol.DesiredRequest;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.LogChunk;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Presence;
import dev.bumpless.protocol.PullProgress;
import dev.bumpless.protocol.ReportAck;
import dev.bumpless.protocol.Samples;
import dev.bumpless.protocol.Topics;
import dev.bumpless.transport.Inbox;
import dev.bumpless.transport.LoopbackBroker;
import dev.bumpless.transport.MqttTransport;
import java.util.List;

/** The other end of the line: hears everything, says what a test lets it say. */
final class FakeController {
  static final Topics TOPICS = new Topics(Samples.DEVICE);

  private final MessageCodec codec = Samples.codec();
  private final MqttTransport transport;
  private final Inbox inbox = new Inbox();

  FakeController(LoopbackBroker broker) throws Exception {
    transport = broker.transport("controller");
    connect();
  }

  void connect() throws Exception {
    transport.connect(null, List.of(Topics.allUp()), inbox);
  }

  void disconnect() {
    transport.close();
  }

  void order(byte[] message) throws Exception {
    transport.publish(TOPICS.order(), message, false);
  }

  void logQuery(byte[] message) throws Exception {
    transport.publish(TOPICS.logQuery(), message, false);
  }

  void acknowledge() throws Exception {
    acknowledge(lastReport());
  }

  void acknowledge(DeviceReport report) throws Exception {
    ReportAck ack = new ReportAck(report.boot(), report.number());
    transport.publish(TOPICS.reportAck(), codec.encode(ack), false);
  }

  void say(String topic, byte[] message) throws Exception {
    transport.publish(topic, message, false);
  }

  /** As a broker would that delivers a will. */
  void keep(String topic, byte[] message) throws Exception {
    transport.publish(topic, message, true);
  }

  List<Presence> presences() {
    return heard(TOPICS.presence(), Presence.class);
  }

  List<DesiredRequest> questions() {
    return heard(TOPICS.desired(), DesiredRequest.class);
  }

  List<DeviceReport> reports() {
    return heard(TOPICS.report(), DeviceReport.class);
  }

  DeviceReport lastReport() {
    List<DeviceReport> all = reports();
    return all.get(all.size() - 1);
  }

  List<PullProgress> pulls() {
    return heard(TOPICS.pull(), PullProgress.class);
  }

  List<LogChunk> logs() {
    return heard(TOPICS.logs(), LogChunk.class);
  }

  /** Topics in the order in which they were heard. */
  List<String> topics() {
    return inbox.messages().stream().map(Inbox.Message::topic).toList();
  }

  void forget() {
    inbox.messages().clear();
  }

  private <T extends Record> List<T> heard(String topic, Class<T> type) {
    return inbox.messages().stream()
        .filter(m -> m.topic().equals(topic))
        .map(m -> decode(m.payload(), type))
        .toList();
  }

  private <T extends Record> T decode(byte[] payload, Class<T> type) {
    try {
      return codec.decode(payload, type);
    } catch (dev.bumpless.protocol.MalformedMessageException e) {
      throw new AssertionError(e);
    }
  }
}
