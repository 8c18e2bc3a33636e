package dev.bumpless.transport;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a broker at a time, over TLS with a client certificate. No reconnect of its
 * own: whoever owns it calls {@link #connect} again after {@link Listener#disconnected}.
 *
 * <p>All methods may be called by any thread but never from a {@link Listener} callback, and may
 * block up to the timeout they were made with. QoS 1, but for what is expendable; it may arrive
 * twice and may be lost with the connection, so callers number and acknowledge what matters.
 */
public interface MqttTransport extends AutoCloseable {
  /** Largest payload that may be published, in bytes. */
  int MAX_PAYLOAD_BYTES = 256 * 1024;

  /** What a broker has to let pass: the payload, its topic and MQTT's own few bytes. */
  int MAX_PACKET_BYTES = MAX_PAYLOAD_BYTES + 1024;

  /**
   * Connects with a fresh client, registers the will, then subscribes. Returns when the broker has
   * acknowledged all of it.
   *
   * @param will null for the controller, which nobody waits for
   * @throws TransportException when that did not happen in time; nothing is left open then
   */
  void connect(@Nullable Will will, List<String> subscriptions, Listener listener)
      throws TransportException;

  /**
   * Returns when the broker has acknowledged the message.
   *
   * @throws TransportException when it has not; it may have arrived all the same
   * @throws IllegalArgumentException when it is larger than {@link #MAX_PAYLOAD_BYTES}
   */
  void publish(String topic, byte[] payload, boolean retained) throws TransportException;

  /**
   * As {@link #publish} of each, in this order; an implementation may have several under way, and
   * need not wait for the broker's word about what is expendable.
   *
   * @throws TransportException when one was not acknowledged; of the others it is not known
   */
  default void publishAll(List<Message> messages) throws TransportException {
    for (Message message : messages) {
      publish(message.topic(), message.payload(), false);
    }
  }

  boolean isConnected();

  /** Leaves in good order: the broker drops the will. Idempotent. */
  @Override
  void close();

  /**
   * One that is not retained.
   *
   * @param isExpendable whether it may be lost without a word, which spares two of four packets:
   *     whoever misses it asks again
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Message(String topic, byte[] payload, boolean isExpendable) {
    public Message(String topic, byte[] payload) {
      this(topic, payload, false);
    }
  }

  /** What the broker shall publish, retained, when the connection is lost. */
  @SuppressWarnings("ArrayRecordComponent") // copied in and out, never compared
  record Will(String topic, byte[] payload) {
    public Will {
      payload = payload.clone();
    }

    @Override
    public byte[] payload() {
      return payload.clone();
    }
  }

  /** Called by the transport's own thread, one call at a time; must only enqueue and return. */
  interface Listener {
    void received(String topic, byte[] payload);

    /** The connection is gone, once for each successful connect that was not closed. */
    void disconnected(String reason);
  }
}
