package dev.bumpless.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * {@link MqttTransport} on Eclipse Paho v5, whose open faults are designed around.
 *
 * <h2>Faults and what is done</h2>
 *
 * Paho deadlocks when a callback subscribes or blocks: callbacks here only hand on, and the
 * listener must only enqueue. Its own reconnect stops for good or leaks threads: it is off, and
 * each connect makes a fresh client that the next connect or close throws away. A stalled peer can
 * hold its socket's closing for minutes: see {@link TlsSockets}. It can be silently stuck: the
 * owner watches for silence and rebuilds.
 *
 * <h2>Threads</h2>
 *
 * Connect, publish and close wait for the broker under one lock each; the listener is called by
 * Paho's thread.
 */
public final class PahoTransport implements MqttTransport {
  private final Config config;
  private final Object lifecycle = new Object();
  private volatile @Nullable PahoConnection current;

  /**
   * Where and who.
   *
   * @param broker {@code ssl://host:port}; the certificate shown there must be for that host
   * @param clientId the certificate's common name
   * @param tls holds this client's key and certificate, and trusts the CA alone: {@link Tls}
   * @param timeout of a connect or a publish, default 10 s
   * @param keepAlive 1 s to 120 s, default 60 s; a broker takes for gone whoever is silent for one
   *     and a half times as long (MQTT 5, 3.1.2.10)
   */
  public record Config(
      String broker, String clientId, SSLContext tls, Duration timeout, Duration keepAlive) {
    public static final Duration TIMEOUT = Duration.ofSeconds(10);
    public static final Duration KEEP_ALIVE = Duration.ofSeconds(60);

    public Config {
      if (!broker.startsWith("ssl://")) {
        throw new IllegalArgumentException("broker '" + broker + "': expected ssl://host:port");
      }
      if (keepAlive.toSeconds() < 1 || keepAlive.toSeconds() > 120) {
        throw new IllegalArgumentException("keep-alive " + keepAlive + ": expected 1 s to 120 s");
      }
    }
  }

  public PahoTransport(Config config) {
    this.config = config;
  }

  @Override
  public void connect(@Nullable Will will, List<String> subscriptions, Listener listener)
      throws TransportException {
    synchronized (lifecycle) {
      close();
      PahoConnection fresh = new PahoConnection(config, listener);
      fresh.open(will, subscriptions);
      current = fresh;
    }
  }

  @Override
  public void publish(String topic, byte[] payload, boolean retained) throws TransportException {
    connectionFor(topic, payload).begin(new Message(topic, payload), retained).await();
  }

  @Override
  public void publishAll(List<Message> messages) throws TransportException {
    List<PahoConnection.Publication> begun = new ArrayList<>();
    for (Message message : messages) {
      begun.add(connectionFor(message.topic(), message.payload()).begin(message, false));
    }
    for (PahoConnection.Publication publication : begun) {
      publication.await();
    }
  }

  private PahoConnection connectionFor(String topic, byte[] payload) throws TransportException {
    if (payload.length > MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException(
          payload.length + " bytes to " + topic + ", limit " + MAX_PAYLOAD_BYTES);
    }
    PahoConnection connection = current;
    if (connection == null) {
      throw new TransportException("cannot publish to " + topic + ": not connected");
    }
    return connection;
  }

  @Override
  public boolean isConnected() {
    PahoConnection connection = current;
    return connection != null && connection.isOpen();
  }

  @Override
  public void close() {
    synchronized (lifecycle) {
      PahoConnection connection = current;
      current = null;
      if (connection != null) {
        connection.close();
      }
    }
  }
}
