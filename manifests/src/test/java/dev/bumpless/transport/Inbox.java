package dev.bumpless.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listener that keeps what it hears. */
public final class Inbox implements MqttTransport.Listener {
  private final List<Message> messages = new CopyOnWriteArrayList<>();
  private final List<String> ends = new CopyOnWriteArrayList<>();

  /** One message; the payload is read as text where that is handy. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Message(String topic, byte[] payload) {
    public String text() {
      return new String(payload, UTF_8);
    }
  }

  @Override
  public void received(String topic, byte[] payload) {
    messages.add(new Message(topic, payload));
  }

  @Override
  public void disconnected(String reason) {
    ends.add(reason);
  }

  public List<Message> messages() {
    return messages;
  }

  public List<String> textsOn(String topic) {
    return messages.stream().filter(m -> m.topic().equals(topic)).map(Message::text).toList();
  }

  /** The reason of each end. */
  public List<String> ends() {
    return ends;
  }
}
