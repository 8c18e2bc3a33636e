package dev.bumpless.simulator;

import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5ConnectBuilder;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import dev.bumpless.transport.MqttTransport;
import dev.bumpless.transport.Tls;
import dev.bumpless.transport.TransportException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * {@link MqttTransport} on HiveMQ's client, of which thousands share a few threads. The devices'
 * own, on Paho, takes several threads each.
 */
final class HiveTransport implements MqttTransport {
  private static final Logger LOG = System.getLogger(HiveTransport.class.getName());

  private final Config config;
  private volatile @Nullable Connection current;

  /** Where and who; as of the Paho transport. */
  record Config(
      String host,
      int port,
      String clientId,
      Tls.Managers tls,
      Duration timeout,
      Duration keepAlive) {}

  HiveTransport(Config config) {
    this.config = config;
  }

  @Override
  public synchronized void connect(
      @Nullable Will will, List<String> subscriptions, Listener listener)
      throws TransportException {
    close();
    Connection fresh = new Connection(config, listener);
    fresh.open(will, subscriptions);
    current = fresh;
  }

  @Override
  public void publish(String topic, byte[] payload, boolean retained) throws TransportException {
    connectionFor(topic, payload).publish(new Message(topic, payload), retained);
  }

  @Override
  public void publishAll(List<Message> messages) throws TransportException {
    for (Message message : messages) {
      connectionFor(message.topic(), message.payload()).publish(message, false);
    }
  }

  private Connection connectionFor(String topic, byte[] payload) throws TransportException {
    if (payload.length > MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException(
          payload.length + " bytes to " + topic + ", limit " + MAX_PAYLOAD_BYTES);
    }
    Connection connection = current;
    if (connection == null) {
      throw new TransportException("cannot publish to " + topic + ": not connected");
    }
    return connection;
  }

  @Override
  public boolean isConnected() {
    Connection connection = current;
    return connection != null && connection.isOpen();
  }

  @Override
  public synchronized void close() {
    Connection connection = current;
    current = null;
    if (connection != null) {
      connection.close();
    }
  }

  /** One client, connected at most once. */
  private static final class Connection {
    private final Config config;
    private final Listener listener;
    private final Mqtt5AsyncClient client;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private State state = State.OPENING;

    /** Only {@code OPEN → LOST} is told to the listener. */
    private enum State {
      OPENING,
      OPEN,
      LOST,
      CLOSED
    }

    Connection(Config config, Listener listener) {
      this.config = config;
      this.listener = listener;
      this.client =
          Mqtt5Client.builder()
              .identifier(config.clientId())
              .serverHost(config.host())
              .serverPort(config.port())
              .sslConfig(
                  MqttClientSslConfig.builder()
                      .keyManagerFactory(config.tls().keys())
                      .trustManagerFactory(config.tls().trust())
                      .handshakeTimeout(config.timeout().toMillis(), TimeUnit.MILLISECONDS)
                      .build())
              .addDisconnectedListener(this::lost)
              .buildAsync();
    }

    void open(@Nullable Will will, List<String> subscriptions) throws TransportException {
      try {
        await(client.connect(options(will)));
        for (String topic : subscriptions) {
          await(
              client
                  .subscribeWith()
                  .topicFilter(topic)
                  .qos(MqttQos.AT_LEAST_ONCE)
                  .callback(this::received)
                  .send());
        }
        if (!move(State.OPENING, State.OPEN)) {
          throw new TransportException("the broker hung up at once");
        }
      } catch (TransportException e) {
        close();
        throw new TransportException(
            "cannot connect to %s:%d as %s: %s"
                .formatted(config.host(), config.port(), config.clientId(), e.getMessage()),
            e);
      }
    }

    private Mqtt5Connect options(@Nullable Will will) {
      Mqtt5ConnectBuilder options =
          Mqtt5Connect.builder()
              .cleanStart(true)
              .sessionExpiryInterval(0)
              .keepAlive((int) config.keepAlive().toSeconds());
      options.restrictions().maximumPacketSize(MAX_PACKET_BYTES).applyRestrictions();
      if (will != null) {
        options
            .willPublish()
            .topic(will.topic())
            .qos(MqttQos.AT_LEAST_ONCE)
            .payload(will.payload())
            .retain(true)
            .applyWillPublish();
      }
      return options.build();
    }

    private void received(Mqtt5Publish message) {
      try {
        listener.received(message.getTopic().toString(), message.getPayloadAsBytes());
      } catch (RuntimeException e) { // the connection goes on whatever becomes of one message
        LOG.log(Level.ERROR, "the listener failed", e);
      }
    }

    void publish(Message message, boolean retained) throws TransportException {
      try {
        if (!isOpen()) {
          throw new TransportException("not connected");
        }
        Mqtt5PublishResult result =
            await(
                client
                    .publishWith()
                    .topic(message.topic())
                    .qos(message.isExpendable() ? MqttQos.AT_MOST_ONCE : MqttQos.AT_LEAST_ONCE)
                    .payload(message.payload())
                    .retain(retained)
                    .send());
        if (result.getError().isPresent()) {
          throw new TransportException(String.valueOf(result.getError().get().getMessage()));
        }
      } catch (TransportException e) {
        throw new TransportException(
            "cannot publish to " + message.topic() + ": " + e.getMessage(), e);
      }
    }

    /** What comes of it, or of the connection's end. */
    private <T> T await(CompletableFuture<T> outcome) throws TransportException {
      try {
        CompletableFuture.anyOf(outcome, end)
            .get(config.timeout().toMillis(), TimeUnit.MILLISECONDS);
        if (!outcome.isDone()) {
          throw new TransportException("the connection was lost");
        }
        return outcome.get();
      } catch (ExecutionException e) {
        throw new TransportException(String.valueOf(e.getCause()), e);
      } catch (TimeoutException e) {
        throw new TransportException("no answer within " + config.timeout(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new TransportException("interrupted", e);
      }
    }

    boolean isOpen() {
      synchronized (this) {
        return state == State.OPEN;
      }
    }

    private synchronized boolean move(State from, State to) {
      boolean isThere = state == from;
      state = isThere ? to : state;
      return isThere;
    }

    private void lost(MqttClientDisconnectedContext context) {
      boolean wasOpen = move(State.OPEN, State.LOST);
      move(State.OPENING, State.LOST);
      end.complete(null);
      if (wasOpen) {
        listener.disconnected(String.valueOf(context.getCause().getMessage()));
      }
    }

    void close() {
      boolean wasOpen;
      synchronized (this) {
        wasOpen = state == State.OPEN;
        state = State.CLOSED;
      }
      CompletableFuture<Void> left = client.disconnect();
      if (wasOpen) {
        try {
          left.get(config.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
          LOG.log(Level.DEBUG, "no orderly end of the connection", e);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      end.complete(null);
    }
  }
}
