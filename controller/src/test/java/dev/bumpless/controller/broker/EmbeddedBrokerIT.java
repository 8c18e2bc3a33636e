package dev.bumpless.controller.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bumpless.protocol.Topics;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on the embedded broker, which refuses more, and openly. */
class EmbeddedBrokerIT extends BrokerContract {
  @TempDir private static Path folder;
  private static BrokerUnderTest broker;

  @BeforeAll
  static void start() throws Exception {
    broker = BrokerUnderTest.start(folder, QUEUE);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Override
  BrokerUnderTest broker() {
    return broker;
  }

  @Test
  void nobodyMayTakeAnothersName() {
    assertThatThrownBy(() -> connect("dev-2", broker().tls("dev-1"), options -> {}))
        .isInstanceOfSatisfying(MqttException.class, BrokerContract::isNotAuthorized);
    assertThatThrownBy(() -> connect("controller", broker().tls("dev-1"), options -> {}))
        .isInstanceOfSatisfying(MqttException.class, BrokerContract::isNotAuthorized);
  }

  @Test
  void aWillToAForeignTopicIsRefusedAtTheDoor() {
    assertThatThrownBy(() -> connectWithWill("dev-1", TWO.presence()))
        .isInstanceOfSatisfying(MqttException.class, BrokerContract::isNotAuthorized);
    assertThatThrownBy(() -> connectWithWill("dev-1", ONE.report()))
        .isInstanceOfSatisfying(MqttException.class, BrokerContract::isNotAuthorized);
  }

  @Test
  void whoeverSpeaksForAnotherIsTold() throws Exception {
    isDenied(publish("dev-1", TWO.report(), false));
    isDenied(publish("dev-1", ONE.order(), false));
  }

  @Test
  void aDeviceMayRetainNothingButItsPresence() throws Exception {
    isDenied(publish("dev-1", ONE.report(), true));
    publish("dev-1", ONE.presence(), true);

    listen("controller", Topics.allUp());

    await().untilAsserted(() -> assertThat(heard).containsExactly(ONE.presence()));
  }

  @Test
  void aSubscriptionToWhatIsNotItsOwnIsRefused() throws Exception {
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
}
