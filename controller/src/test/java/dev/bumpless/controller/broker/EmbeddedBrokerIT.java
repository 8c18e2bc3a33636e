package dev.bumpless.controller.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers, and devices that overstep, get from the real broker. */
class EmbeddedBrokerIT {
  private static final Topics ONE = new Topics(new DeviceId("dev-1"));
  private static final Topics TWO = new Topics(new DeviceId("dev-2"));
  private static final long PATIENCE_MILLIS = 5_000;

  @TempDir private static Path folder;
  private static BrokerUnderTest broker;
  private final List<MqttAsyncClient> clients = new CopyOnWriteArrayList<>();
  private final List<String> heard = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    broker = BrokerUnderTest.start(folder);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @AfterEach
  void leave() throws MqttException {
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
  void whatADeviceSaysReachesTheController() throws Exception {
    listen("controller", Topics.allUp());

    publish("dev-1", ONE.report(), false);

    await().untilAsserted(() -> assertThat(heard).containsExactly(ONE.report()));
  }

  @Test
  void whatTheControllerSaysReachesThatDeviceAlone() throws Exception {
    listen("dev-1", ONE.allDown());
    listen("dev-2", TWO.allDown());

    publish("controller", ONE.order(), false);
    publish("controller", TWO.reportAck(), false);

    await()
        .untilAsserted(
            () -> assertThat(heard).containsExactlyInAnyOrder(ONE.order(), TWO.reportAck()));
  }

  @Test
  void aClientWithoutACertificateIsNotLetIn() {
    assertThatThrownBy(() -> connect("dev-1", broker.tlsOfStranger(), options -> {}))
        .isInstanceOf(MqttException.class);
  }

  @Test
  void aCertificateOfAnotherAuthorityIsNotLetIn() {
    assertThatThrownBy(() -> connect("dev-1", broker.tlsOfForeigner(), options -> {}))
        .isInstanceOf(MqttException.class);
  }

  @Test
  void nobodyMayTakeAnothersName() {
    assertThatThrownBy(() -> connect("dev-2", broker.tls("dev-1"), options -> {}))
        .isInstanceOfSatisfying(MqttException.class, EmbeddedBrokerIT::isNotAuthorized);
    assertThatThrownBy(() -> connect("controller", broker.tls("dev-1"), options -> {}))
        .isInstanceOfSatisfying(MqttException.class, EmbeddedBrokerIT::isNotAuthorized);
  }

  @Test
  void aWillToAForeignTopicIsRefusedAtTheDoor() {
    assertThatThrownBy(() -> connectWithWill("dev-1", TWO.presence()))
        .isInstanceOfSatisfying(MqttException.class, EmbeddedBrokerIT::isNotAuthorized);
    assertThatThrownBy(() -> connectWithWill("dev-1", ONE.report()))
        .isInstanceOfSatisfying(MqttException.class, EmbeddedBrokerIT::isNotAuthorized);
  }

  @Test
  void aWillToItsOwnPresenceIsDelivered() throws Exception {
    listen("controller", Topics.allUp());
    connectWithWill("dev-1", ONE.presence());

    connect("dev-1"); // whoever holds the certificate takes over, and the life before it is over

    await().untilAsserted(() -> assertThat(heard).containsExactly(ONE.presence()));
  }

  @Test
  void aDeviceCannotSpeakForAnother() throws Exception {
    listen("controller", Topics.allUp());

    isDenied(publish("dev-1", TWO.report(), false));
    isDenied(publish("dev-1", ONE.order(), false));

    publish("dev-1", ONE.report(), false);
    await().untilAsserted(() -> assertThat(heard).containsExactly(ONE.report()));
  }

  @Test
  void aDeviceMayRetainNothingButItsPresence() throws Exception {
    isDenied(publish("dev-1", ONE.report(), true));
    publish("dev-1", ONE.presence(), true);

    listen("controller", Topics.allUp());

    await().untilAsserted(() -> assertThat(heard).containsExactly(ONE.presence()));
  }

  @Test
  void aDeviceHearsNothingThatIsNotItsOwn() throws Exception {
    for (String filter :
        List.of(
            "#",
            "bumpless/v1/d/+/up/#",
            "bumpless/v1/d/+/down/#",
            TWO.allDown(),
            ONE.report(),
            "$share/g/" + ONE.allDown())) {
      assertThatThrownBy(() -> isGranted(connect("dev-1").subscribe(filter, 1)))
          .as(filter)
          .isInstanceOfAny(MqttException.class, AssertionError.class);
    }
    isGranted(connect("dev-1").subscribe(ONE.allDown(), 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {300 * 1024, 10 * 1024 * 1024})
  void aMessageOfMoreThan256KiBIsRefused(int payloadBytes) throws Exception {
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

  private void listen(String name, String filter) throws MqttException {
    MqttAsyncClient client = connect(name);
    client.setCallback(new Listener(topic -> heard.add(topic)));
    isGranted(client.subscribe(filter, 1));
  }

  private IMqttToken publish(String name, String topic, boolean retained) throws MqttException {
    byte[] payload = "{}".getBytes(StandardCharsets.UTF_8);
    IMqttToken token = connect(name).publish(topic, payload, 1, retained);
    token.waitForCompletion(PATIENCE_MILLIS);
    return token;
  }

  private MqttAsyncClient connect(String name) throws MqttException {
    return connect(name, broker.tls(name), options -> {});
  }

  private MqttAsyncClient connectWithWill(String name, String topic) throws MqttException {
    MqttMessage will = new MqttMessage("gone".getBytes(StandardCharsets.UTF_8), 1, true, null);
    return connect(name, broker.tls(name), options -> options.setWill(topic, will));
  }

  private MqttAsyncClient connect(
      String clientId, SSLContext tls, Consumer<MqttConnectionOptions> setUp) throws MqttException {
    MqttAsyncClient client = new MqttAsyncClient(broker.uri(), clientId, new MemoryPersistence());
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setSocketFactory(tls.getSocketFactory());
    options.setConnectionTimeout(5);
    options.setAutomaticReconnect(false);
    setUp.accept(options);
    client.connect(options).waitForCompletion(PATIENCE_MILLIS);
    clients.add(client);
    return client;
  }

  private static void isGranted(IMqttToken subscription) throws MqttException {
    subscription.waitForCompletion(PATIENCE_MILLIS);
    assertThat(subscription.getReasonCodes()).containsExactly(1);
  }

  private static void isDenied(IMqttToken publication) {
    assertThat(publication.getReasonCodes())
        .containsExactly(MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED);
  }

  private static void isNotAuthorized(MqttException e) {
    assertThat(e.getReasonCode()).isEqualTo(MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED);
  }
}
