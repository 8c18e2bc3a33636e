package dev.bumpless.agent.link;

import dev.bumpless.transport.MqttTransport;
import dev.bumpless.transport.TransportException;
import java.util.List;

/**
 * A line that is dead for reports, without a word: what is expendable vanishes, and the broker does
 * not confirm what it should.
 */
record DeadTransport(MqttTransport real) implements MqttTransport {
  @Override
  public void connect(Will will, List<String> subscriptions, Listener listener)
      throws TransportException {
    real.connect(will, subscriptions, listener);
  }

  @Override
  public void publish(String topic, byte[] payload, boolean retained) throws TransportException {
    real.publish(topic, payload, retained);
  }

  @Override
  public void publishAll(List<Message> messages) throws TransportException {
    for (Message message : messages) {
      if (!message.isExpendable()) {
        throw new TransportException("no word from the broker about " + message.topic());
      }
    }
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
