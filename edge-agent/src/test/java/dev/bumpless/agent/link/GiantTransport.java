package dev.bumpless.agent.link;

import dev.bumpless.transport.MqttTransport;
import java.util.List;

/** A broker that lets everything pass: says ten megabytes at once. */
final class GiantTransport implements MqttTransport {
  @Override
  public void connect(Will will, List<String> subscriptions, Listener listener) {
    listener.received("bumpless/v1/d/dev-1/down/order", new byte[10 << 20]);
  }

  @Override
  public void publish(String topic, byte[] payload, boolean retained) {}

  @Override
  public boolean isConnected() {
    return true;
  }

  @Override
  public void close() {}
}
