package dev.bumpless.transport;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client of {@link LoopbackBroker}. */
final class LoopbackTransport implements MqttTransport {
  private final LoopbackBroker broker;
  private final String clientId;
  private @Nullable Will will;
  private List<String> filters = List.of();
  private @Nullable Listener listener;

  LoopbackTransport(LoopbackBroker broker, String clientId) {
    this.broker = broker;
    this.clientId = clientId;
  }

  @Override
  public void connect(@Nullable Will newWill, List<String> subscriptions, Listener newListener)
      throws TransportException {
    synchronized (broker) {
      close();
      will = newWill;
      filters = List.copyOf(subscriptions);
      listener = newListener;
      try {
        broker.attach(this);
      } catch (TransportException e) {
        listener = null;
        throw e;
      }
    }
  }

  @Override
  public void publish(String topic, byte[] payload, boolean retained) throws TransportException {
    if (payload.length > MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException(payload.length + " bytes, limit " + MAX_PAYLOAD_BYTES);
    }
    broker.publish(this, topic, payload, retained);
  }

  @Override
  public boolean isConnected() {
    synchronized (broker) {
      return listener != null;
    }
  }

  @Override
  public void close() {
    synchronized (broker) {
      broker.detach(this);
      listener = null;
    }
  }

  String clientId() {
    return clientId;
  }

  @Nullable Will will() {
    return will;
  }

  boolean wants(String topic) {
    return filters.stream().anyMatch(filter -> LoopbackBroker.matches(filter, topic));
  }

  void deliver(String topic, byte[] payload) {
    Listener to = listener;
    if (to == null) {
      return;
    }
    try {
      to.received(topic, payload);
    } catch (RuntimeException e) {
      // as the real one: a listener that fails does not end the connection
      System.getLogger(LoopbackTransport.class.getName())
          .log(System.Logger.Level.DEBUG, "a listener failed", e);
    }
  }

  void lost(String reason) {
    Listener to = listener;
    listener = null;
    if (to != null) {
      to.disconnected(reason);
    }
  }
}
