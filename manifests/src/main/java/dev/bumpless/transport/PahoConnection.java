package dev.bumpless.transport;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.jspecify.annotations.Nullable;

/** One client, connected at most once and then thrown away. */
final class PahoConnection {
  private static final Logger LOG = System.getLogger(PahoConnection.class.getName());
  private static final int AT_MOST_ONCE = 0;
  private static final int AT_LEAST_ONCE = 1;

  /** Fewer than brokers allow: HiveMQ's default is 10, Mosquitto's 20. */
  private static final int UNDER_WAY = 8;

  /** Only {@code OPEN → LOST} is told to the listener. */
  enum State {
    OPENING,
    OPEN,
    LOST,
    CLOSED
  }

  private final PahoTransport.Config config;
  private final MqttTransport.Listener listener;
  private final TlsSockets sockets;
  private final MqttAsyncClient client;
  private final AtomicReference<State> state = new AtomicReference<>(State.OPENING);
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private final Semaphore admission = new Semaphore(UNDER_WAY);

  /**
   * Held while Paho takes a message. It gives a topic its alias before it queues the message, so a
   * second thread could have the alias sent ahead of the topic that it stands for.
   */
  private final Object sending = new Object();

  PahoConnection(PahoTransport.Config config, MqttTransport.Listener listener)
      throws TransportException {
    this.config = config;
    this.listener = listener;
    this.sockets = new TlsSockets(config.tls().getSocketFactory());
    try {
      client = new MqttAsyncClient(config.broker(), config.clientId(), new MemoryPersistence());
    } catch (MqttException | IllegalArgumentException e) {
      throw new TransportException("cannot use broker " + config.broker() + ": " + reason(e), e);
    }
  }

  void open(MqttTransport.@Nullable Will will, List<String> subscriptions)
      throws TransportException {
    try {
      client.setCallback(new PahoCallback(this, listener));
      PahoOutcome connected = new PahoOutcome();
      client.connect(options(will), null, connected);
      connected.await(config.timeout(), end);
      if (!subscriptions.isEmpty()) {
        MqttSubscription[] all =
            subscriptions.stream()
                .map(topic -> new MqttSubscription(topic, AT_LEAST_ONCE))
                .toArray(MqttSubscription[]::new);
        PahoOutcome subscribed = new PahoOutcome();
        client.subscribe(all, null, subscribed, new MqttProperties());
        subscribed.await(config.timeout(), end);
      }
      if (!state.compareAndSet(State.OPENING, State.OPEN)) {
        throw new TransportException("the broker hung up at once");
      }
    } catch (MqttException | TransportException | IllegalArgumentException e) {
      abandon();
      throw new TransportException(
          "cannot connect to " + config.broker() + " as " + config.clientId() + ": " + reason(e),
          e);
    }
  }

  /** A message that the broker has not acknowledged yet. */
  interface Publication {
    void await() throws TransportException;
  }

  /** Hands it over, as soon as not too many are under way. */
  Publication begin(MqttTransport.Message message, boolean retained) throws TransportException {
    String topic = message.topic();
    try {
      if (!admission.tryAcquire(config.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new TransportException("the broker is too slow for what is under way");
      }
      PahoOutcome outcome = new PahoOutcome();
      outcome.whenEnded(admission::release);
      send(message, retained, outcome);
      return () -> await(topic, outcome);
    } catch (TransportException e) {
      throw unpublished(topic, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TransportException("cannot publish to " + topic + ": interrupted", e);
    }
  }

  private void send(MqttTransport.Message message, boolean retained, PahoOutcome outcome)
      throws TransportException {
    int qos = message.isExpendable() ? AT_MOST_ONCE : AT_LEAST_ONCE;
    try {
      if (!isOpen()) {
        throw new TransportException("not connected");
      }
      synchronized (sending) {
        client.publish(message.topic(), message.payload(), qos, retained, null, outcome);
      }
    } catch (MqttException | TransportException e) {
      outcome.fail(e);
    }
  }

  private void await(String topic, PahoOutcome outcome) throws TransportException {
    try {
      outcome.await(config.timeout(), end);
    } catch (TransportException e) {
      throw unpublished(topic, e);
    }
  }

  private static TransportException unpublished(String topic, Exception why) {
    return new TransportException("cannot publish to " + topic + ": " + reason(why), why);
  }

  boolean isOpen() {
    return state.get() == State.OPEN && client.isConnected();
  }

  /** Called by Paho's thread. */
  void lost(String reason) {
    end.complete(reason);
    admission.release(UNDER_WAY); // whoever waits is told
    if (state.getAndSet(State.LOST) == State.OPEN) {
      listener.disconnected(reason);
    }
  }

  void close() {
    if (state.getAndSet(State.CLOSED) == State.OPEN && client.isConnected()) {
      try {
        client.disconnect(0).waitForCompletion(config.timeout().toMillis());
      } catch (MqttException e) {
        LOG.log(Level.DEBUG, "no orderly end of the connection: {0}", reason(e));
      }
    }
    abandon();
  }

  /** Ends threads and socket whatever state they are in; the broker is not asked. */
  private void abandon() {
    state.set(State.CLOSED);
    end.complete("it was closed");
    admission.release(UNDER_WAY);
    sockets.close();
    try {
      client.disconnectForcibly(0, 0, false);
    } catch (MqttException | RuntimeException e) {
      LOG.log(Level.DEBUG, "the connection was down already: {0}", reason(e));
    }
    try {
      client.close(true);
    } catch (MqttException | RuntimeException e) {
      LOG.log(Level.WARNING, "cannot throw an MQTT client away: {0}", reason(e));
    }
  }

  private MqttConnectionOptions options(MqttTransport.@Nullable Will will) {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setAutomaticReconnect(false);
    options.setCleanStart(true);
    options.setSessionExpiryInterval(0L);
    options.setMaximumPacketSize((long) MqttTransport.MAX_PACKET_BYTES);
    options.setConnectionTimeout(Math.max(1, Math.toIntExact(config.timeout().toSeconds())));
    options.setKeepAliveInterval(Math.toIntExact(config.keepAlive().toSeconds()));
    options.setUseSubscriptionIdentifiers(false);
    options.setSocketFactory(sockets);
    options.setHttpsHostnameVerificationEnabled(true);
    if (will != null) {
      options.setWill(will.topic(), new MqttMessage(will.payload(), AT_LEAST_ONCE, true, null));
    }
    return options;
  }

  static String reason(@Nullable Throwable problem) {
    if (problem == null) {
      return "no reason given";
    }
    Throwable cause = problem.getCause();
    String own =
        problem instanceof MqttException mqtt
            ? "MQTT " + mqtt.getReasonCode() + " " + mqtt.getMessage()
            : problem.getMessage() == null ? problem.toString() : problem.getMessage();
    return cause == null ? own : own + " (" + cause + ")";
  }
}
