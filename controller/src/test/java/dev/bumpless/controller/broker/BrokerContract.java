package dev.bumpless.controller.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Presence;
import dev.bumpless.protocol.PullProgress;
import dev.bumpless.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What Bumpless asks of a broker, whichever it is; docs/brokers.md says it in words. Devices {@code
 * dev-1} and {@code dev-2}, and the {@code controller}.
 */
@Timeout(120)
abstract class BrokerContract {
  static final Topics ONE = new Topics(new DeviceId("dev-1"));
  static final Topics TWO = new Topics(new DeviceId("dev-2"));
  static final UUID BOOT = new UUID(0, 1);
  static final long PATIENCE_MILLIS = 10_000;

  /** Messages that may wait for one client. */
  static final int QUEUE = 1_000;

  final List<MqttAsyncClient> clients = new CopyOnWriteArrayList<>();
  final List<String> heard = new CopyOnWriteArrayList<>();

  /** The one that is tested. */
  abstract BrokerUnderTest broker();

  @AfterEach
  final void leave() throws MqttException {
    MqttAsyncClient device = connect("dev-1");
    device.publish(ONE.presence(), new byte[0], 1, true).waitForCompletion(PATIENCE_MILLIS);
    for (MqttAsyncClient client : clients) {
      if (client.isConnected()) {
        client.disconnect().waitForCompletion(PATIENCE_MILLIS);
      }
      client.close();
    }
  }

  @Test
  final void whatADeviceSaysReachesTheController() throws Exception {
    listen("controller", Topics.allUp());

    publish("dev-1", ONE.report(), false);

    await().untilAsserted(() -> assertThat(heard).containsExactly(ONE.report()));
  }

  @Test
  final void whatTheControllerSaysReachesThatDeviceAlone() throws Exception {
    listen("dev-1", ONE.allDown());
    listen("dev-2", TWO.allDown());

    publish("controller", ONE.order(), false);
    publish("controller", TWO.reportAck(), false);

    await()
        .untilAsserted(
            () -> assertThat(heard).containsExactlyInAnyOrder(ONE.order(), TWO.reportAck()));
  }

  @Test
  final void aClientWithoutACertificateIsNotLetIn() {
    assertThatThrownBy(() -> connect("dev-1", broker().tlsOfStranger(), options -> {}))
        .isInstanceOf(MqttException.class);
  }

  @Test
  final void aCertificateOfAnotherAuthorityIsNotLetIn() {
    assertThatThrownBy(() -> connect("dev-1", broker().tlsOfForeigner(), options -> {}))
        .isInstanceOf(MqttException.class);
  }

  @Test
  final void aWillToItsOwnPresenceIsDelivered() throws Exception {
    listen("controller", Topics.allUp());
    connectWithWill("dev-1", ONE.presence());

    connect("dev-1"); // whoever holds the certificate takes over, and the life before it is over

    await().untilAsserted(() -> assertThat(heard).containsExactly(ONE.presence()));
  }

  @Test
  final void whoeverGivesAnothersNameIsRefusedOrIsWhoHisCertificateSays() throws Exception {
    listen("controller", Topics.allUp());
    MqttAsyncClient pretender;
    try {
      pretender = connect("dev-2", broker().tls("dev-1"), options -> {});
    } catch (MqttException refused) {
      isNotAuthorized(refused);
      return;
    }
    tryToPublish(pretender, TWO.report(), false);
    pretender.publish(ONE.report(), text("{}"), 1, false).waitForCompletion(PATIENCE_MILLIS);

    await().untilAsserted(() -> assertThat(heard).containsExactly(ONE.report()));
  }

  @Test
  final void aWillToAForeignTopicIsNeverDelivered() throws Exception {
    listen("controller", Topics.allUp());
    try {
      connectWithWill("dev-1", TWO.presence());
      connect("dev-1"); // takes over: the life before is over, and its will due
    } catch (MqttException refused) {
      isNotAuthorized(refused);
    }

    publish("dev-2", TWO.report(), false);
    await().untilAsserted(() -> assertThat(heard).containsExactly(TWO.report()));
  }

  @Test
  final void aDeviceCannotSpeakForAnother() throws Exception {
    listen("controller", Topics.allUp());
    listen("dev-2", TWO.allDown());
    MqttAsyncClient device = connect("dev-1");

    tryToPublish(device, TWO.report(), false);
    tryToPublish(device, TWO.order(), false);
    tryToPublish(device, ONE.order(), false);
    tryToPublish(device, TWO.presence(), true);

    publish("dev-1", ONE.report(), false);
    await().untilAsserted(() -> assertThat(heard).containsExactly(ONE.report()));
  }

  @Test
  final void aDeviceHearsNothingThatIsNotItsOwn() throws Exception {
    MqttAsyncClient eavesdropper = connect("dev-1");
    eavesdropper.setCallback(new Listener(heard::add));
    for (String filter :
        List.of(
            "#",
            "bumpless/v1/d/+/up/#",
            "bumpless/v1/d/+/down/#",
            TWO.allDown(),
            "$share/g/" + TWO.allDown())) {
      try {
        eavesdropper.subscribe(filter, 1).waitForCompletion(PATIENCE_MILLIS);
      } catch (MqttException refused) {
        // as good as silence
      }
    }
    isGranted(eavesdropper.subscribe(ONE.allDown(), 1));

    publish("controller", TWO.order(), false);
    publish("dev-2", TWO.report(), false);
    publish("controller", ONE.order(), false);

    await().untilAsserted(() -> assertThat(heard).contains(ONE.order()));
    assertThat(Set.copyOf(heard)).containsExactly(ONE.order());
  }

  @Test
  final void presenceIsKeptForWhoeverComesLater() throws Exception {
    publish("dev-1", ONE.presence(), true);

    listen("controller", Topics.allUp());

    await().untilAsserted(() -> assertThat(heard).containsExactly(ONE.presence()));
  }

  @Test
  final void afterATakeoverTheNewLifesPresenceIsTheOneThatIsKept() throws Exception {
    connectWithWill("dev-1", ONE.presence());
    MqttAsyncClient second = connect("dev-1");
    second.publish(ONE.presence(), text("born"), 1, true).waitForCompletion(PATIENCE_MILLIS);

    List<String> kept = new CopyOnWriteArrayList<>();
    await()
        .untilAsserted(
            () -> {
              kept.clear();
              MqttAsyncClient late = connect("controller");
              late.setCallback(new Listener(topic -> {}, kept::add));
              isGranted(late.subscribe(Topics.allUp(), 1));
              await().until(() -> !kept.isEmpty());
              assertThat(kept).containsExactly("born");
            });
  }

  @Test
  final void whoeverConnectsAgainAfterItDiedIsServedAsBefore() throws Exception {
    listen("controller", Topics.allUp());
    MqttAsyncClient device = connect("dev-1");

    broker().restart();

    await().until(() -> clients.stream().noneMatch(MqttAsyncClient::isConnected));
    listen("controller", Topics.allUp());
    publish("dev-1", ONE.presence(), true);
    await().untilAsserted(() -> assertThat(heard).containsExactly(ONE.presence()));
    assertThat(device.isConnected()).as("nobody but its own loop connects it").isFalse();
  }

  @Test
  final void aQueueThatRanOverIsCaughtUpWith() throws Exception {
    MqttAsyncClient slow =
        connect("controller", broker().tls("controller"), BrokerContract::slowly);
    Set<String> taken = ConcurrentHashMap.newKeySet();
    SlowListener listener = new SlowListener(slow, taken);
    slow.setCallback(listener);
    isGranted(slow.subscribe(Topics.allUp(), 1));
    MqttAsyncClient device = connect("dev-1");
    int sent = 3 * QUEUE;
    for (int i = 0; i < sent; i++) {
      publishInTurn(device, "report " + i);
    }

    listener.wakeUp();

    // what was lost is said again until it is acknowledged
    await()
        .atMost(60, TimeUnit.SECONDS)
        .untilAsserted(
            () -> {
              publishInTurn(device, "again");
              assertThat(taken).contains("again");
            });
    assertThat(taken).as("more than the broker had to keep").hasSizeLessThan(sent);
    assertThat(slow.isConnected()).isTrue();
    assertThat(device.isConnected()).isTrue();
  }

  /** Nobody says it again: the product finds it by itself. */
  @Test
  final void aWillThatAQueueLostIsFoundByTheSilence() throws Exception {
    try (ListeningController controller =
        new ListeningController(broker(), Set.of(ONE.device(), TWO.device()))) {
      MessageCodec codec = controller.codec;
      byte[] will = codec.encode(new Presence(ONE.device(), BOOT, 1, false, 0));
      MqttAsyncClient dies = connectWithWill("dev-1", ONE.presence(), will);
      MqttAsyncClient lives = connect("dev-2");
      publishInTurn(dies, ONE.presence(), birth(codec, ONE), true);
      publishInTurn(lives, TWO.presence(), birth(codec, TWO), false);
      await().until(() -> controller.device(ONE.device()).online());
      Instant lastHeard = controller.now();

      controller.stall();
      flood(lives, codec); // a broker may drop the newest
      MqttAsyncClient back = connect("dev-1"); // takes over: the life before is over
      flood(lives, codec); // or the oldest
      controller.goOn();
      AtomicLong reports = new AtomicLong();
      await()
          .atMost(60, TimeUnit.SECONDS)
          .until(() -> reported(controller, lives, reports.incrementAndGet()));
      assertThat(controller.device(ONE.device()).online()).as("its will is lost").isTrue();

      for (int beat = 0; beat < 3; beat++) {
        controller.timePasses(Duration.ofSeconds(DeviceReport.HEARTBEAT_SECONDS - 60));
        await().until(() -> reported(controller, lives, reports.incrementAndGet()));
      }

      await().until(() -> !controller.device(ONE.device()).online());
      assertThat(controller.device(ONE.device()).lastSeen().orElseThrow()).isBefore(lastHeard);
      assertThat(controller.device(TWO.device()).online()).as("it was never silent").isTrue();

      publishInTurn(back, ONE.report(), report(codec, ONE, 1), false);
      await().until(() -> controller.device(ONE.device()).online());
    }
  }

  private static void flood(MqttAsyncClient device, MessageCodec codec) throws MqttException {
    AppName app = new AppName("pump");
    byte[] pull = codec.encode(new PullProgress(TWO.device(), app, BOOT, "image", 1, 2));
    for (int i = 0; i < 3 * QUEUE / 2; i++) {
      publishInTurn(device, TWO.pull(), pull, false);
    }
  }

  /** Says it, and returns whether it has arrived after a moment. */
  private static boolean reported(ListeningController controller, MqttAsyncClient two, long number)
      throws Exception {
    publishInTurn(two, TWO.report(), report(controller.codec, TWO, number), false);
    Instant end = Instant.now().plusSeconds(1);
    while (Instant.now().isBefore(end)) {
      if (controller.device(TWO.device()).report().filter(r -> r.number() == number).isPresent()) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  private static byte[] birth(MessageCodec codec, Topics topics) {
    return codec.encode(new Presence(topics.device(), BOOT, 1, true, 0));
  }

  private static byte[] report(MessageCodec codec, Topics topics, long number) {
    return codec.encode(
        new DeviceReport(
            topics.device(),
            BOOT,
            number,
            Instant.now(),
            new DeviceReport.Inventory("linux/amd64", "20.10", "0.1.0", 1, 1),
            Map.of(),
            List.of(),
            List.of()));
  }

  @ParameterizedTest
  @ValueSource(ints = {300 * 1024, 10 * 1024 * 1024})
  final void aMessageOfMoreThan256KiBIsRefused(int payloadBytes) throws Exception {
    listen("controller", Topics.allUp());
    MqttAsyncClient device = connect("dev-1");

    assertThatThrownBy(
            () ->
                device
                    .publish(ONE.report(), new byte[payloadBytes], 1, false)
                    .waitForCompletion(PATIENCE_MILLIS))
        .isInstanceOf(MqttException.class);

    publish("dev-1", ONE.pull(), false);
    await().untilAsserted(() -> assertThat(heard).containsExactly(ONE.pull()));
  }

  /** Paho counts a message as under way for a moment after it was acknowledged. */
  private static void publishInTurn(MqttAsyncClient client, String report) throws MqttException {
    publishInTurn(client, ONE.report(), text(report), false);
  }

  private static void publishInTurn(
      MqttAsyncClient client, String topic, byte[] payload, boolean retained) throws MqttException {
    await()
        .pollInterval(1, TimeUnit.MILLISECONDS)
        .until(() -> client.getInFlightMessageCount() == 0);
    client.publish(topic, payload, 1, retained).waitForCompletion(PATIENCE_MILLIS);
  }

  private static void slowly(MqttConnectionOptions options) {
    options.setReceiveMaximum(10);
  }

  /** It may be refused, dropped, or answered with the end of the connection. */
  private static void tryToPublish(MqttAsyncClient client, String topic, boolean retained) {
    try {
      client.publish(topic, text("{}"), 1, retained).waitForCompletion(PATIENCE_MILLIS);
    } catch (MqttException refused) {
      // what counts is who hears it
    }
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  final void listen(String name, String filter) throws MqttException {
    MqttAsyncClient client = connect(name);
    client.setCallback(new Listener(topic -> heard.add(topic)));
    isGranted(client.subscribe(filter, 1));
  }

  final IMqttToken publish(String name, String topic, boolean retained) throws MqttException {
    byte[] payload = "{}".getBytes(StandardCharsets.UTF_8);
    IMqttToken token = connect(name).publish(topic, payload, 1, retained);
    token.waitForCompletion(PATIENCE_MILLIS);
    return token;
  }

  final MqttAsyncClient connect(String name) throws MqttException {
    return connect(name, broker().tls(name), options -> {});
  }

  final MqttAsyncClient connectWithWill(String name, String topic) throws MqttException {
    return connectWithWill(name, topic, text("gone"));
  }

  private MqttAsyncClient connectWithWill(String name, String topic, byte[] payload)
      throws MqttException {
    MqttMessage will = new MqttMessage(payload, 1, true, null);
    return connect(name, broker().tls(name), options -> options.setWill(topic, will));
  }

  final MqttAsyncClient connect(
      String clientId, SSLContext tls, Consumer<MqttConnectionOptions> setUp) throws MqttException {
    MqttAsyncClient client = new MqttAsyncClient(broker().uri(), clientId, new MemoryPersistence());
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setSocketFactory(tls.getSocketFactory());
    options.setConnectionTimeout(10);
    options.setAutomaticReconnect(false);
    setUp.accept(options);
    client.connect(options).waitForCompletion(PATIENCE_MILLIS);
    clients.add(client);
    return client;
  }

  static void isGranted(IMqttToken subscription) throws MqttException {
    subscription.waitForCompletion(PATIENCE_MILLIS);
    assertThat(subscription.getReasonCodes()).containsExactly(1);
  }

  static void isDenied(IMqttToken publication) {
    assertThat(publication.getReasonCodes())
        .containsExactly(MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED);
  }

  static void isNotAuthorized(MqttException e) {
    assertThat(e.getReasonCode()).isEqualTo(MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED);
  }
}
