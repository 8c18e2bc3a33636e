package dev.bumpless.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What {@link MqttTransport} promises, on any broker. Uses the clients {@code dev-1}, {@code dev-2}
 * and {@code controller}, and only topics that each of them may use.
 */
@Timeout(60)
public abstract class MqttTransportContract {
  private static final Topics ONE = new Topics(new DeviceId("dev-1"));
  private static final Topics TWO = new Topics(new DeviceId("dev-2"));
  private static final List<String> ALL_UP = List.of(Topics.allUp());
  private static final List<String> DOWN_ONE = List.of(ONE.allDown());

  private final List<MqttTransport> opened = new ArrayList<>();

  /** A transport, not connected yet, with that client's certificate. */
  protected abstract MqttTransport open(String clientId) throws Exception;

  /** Loses the connection of that client without a word, as a pulled cable does. */
  protected abstract void cut(String clientId) throws Exception;

  @AfterEach
  void leaveNothing() throws Exception {
    opened.forEach(MqttTransport::close);
    for (Topics topics : List.of(ONE, TWO)) {
      try (MqttTransport device = open(topics.device().value())) {
        device.connect(null, List.of(), new Inbox());
        device.publish(topics.presence(), new byte[0], true);
      }
    }
  }

  @Test
  void theControllerHearsEveryDeviceAndADeviceOnlyItself() throws Exception {
    Inbox controllerInbox = new Inbox();
    Inbox inboxOne = new Inbox();
    Inbox inboxTwo = new Inbox();
    MqttTransport controller = connect("controller", null, ALL_UP, controllerInbox);
    MqttTransport one = connect("dev-1", null, DOWN_ONE, inboxOne);
    MqttTransport two = connect("dev-2", null, List.of(TWO.allDown()), inboxTwo);
    one.publish(ONE.report(), bytes("from one"), false);
    two.publish(TWO.report(), bytes("from two"), false);
    controller.publish(ONE.order(), bytes("to one"), false);
    controller.publish(TWO.order(), bytes("to two"), false);
    await().until(() -> controllerInbox.messages().size() == 2);
    await().until(() -> !inboxOne.messages().isEmpty() && !inboxTwo.messages().isEmpty());
    assertThat(controllerInbox.textsOn(ONE.report())).containsExactly("from one");
    assertThat(controllerInbox.textsOn(TWO.report())).containsExactly("from two");
    assertThat(inboxOne.messages()).hasSize(1);
    assertThat(inboxOne.textsOn(ONE.order())).containsExactly("to one");
    assertThat(inboxTwo.textsOn(TWO.order())).containsExactly("to two");
  }

  @Test
  void messagesOfOneTopicArriveInOrderAndWhole() throws Exception {
    Inbox inbox = new Inbox();
    connect("controller", null, ALL_UP, inbox);
    MqttTransport one = connect("dev-1", null, List.of(), new Inbox());
    List<String> sent = IntStream.range(0, 500).mapToObj(i -> "number " + i).toList();
    for (String text : sent) {
      one.publish(ONE.report(), bytes(text), false);
    }
    await().until(() -> inbox.messages().size() >= 500);
    assertThat(inbox.textsOn(ONE.report())).isEqualTo(sent);
  }

  @Test
  void manyPublishedTogetherArriveInOrderAndAreAcknowledged() throws Exception {
    Inbox inbox = new Inbox();
    connect("dev-1", null, DOWN_ONE, inbox);
    MqttTransport controller = connect("controller", null, List.of(), new Inbox());
    List<String> sent = IntStream.range(0, 1000).mapToObj(i -> "number " + i).toList();
    controller.publishAll(
        sent.stream().map(text -> new MqttTransport.Message(ONE.order(), bytes(text))).toList());
    await().until(() -> inbox.messages().size() >= 1000);
    assertThat(inbox.textsOn(ONE.order())).isEqualTo(sent);
  }

  @Test
  void whatIsExpendableArrivesTooWhereNothingGoesWrong() throws Exception {
    Inbox inbox = new Inbox();
    connect("dev-1", null, DOWN_ONE, inbox);
    MqttTransport controller = connect("controller", null, List.of(), new Inbox());
    List<String> sent = IntStream.range(0, 100).mapToObj(i -> "number " + i).toList();
    for (String text : sent) {
      controller.publishAll(
          List.of(
              new MqttTransport.Message(ONE.reportAck(), bytes(text), true),
              new MqttTransport.Message(ONE.order(), bytes(text))));
    }
    await().until(() -> inbox.messages().size() >= 200);
    assertThat(inbox.textsOn(ONE.reportAck())).containsExactlyInAnyOrderElementsOf(sent);
    assertThat(inbox.textsOn(ONE.order())).isEqualTo(sent);
  }

  @Test
  void manyPublishedTogetherFailWithoutAConnection() throws Exception {
    MqttTransport one = opened("dev-1");
    assertThatThrownBy(
            () -> one.publishAll(List.of(new MqttTransport.Message(ONE.report(), bytes("x")))))
        .isInstanceOf(TransportException.class)
        .hasMessageContaining(ONE.report());
  }

  @Test
  void severalThreadsMayPublishAtOnce() throws Exception {
    Inbox inbox = new Inbox();
    connect("controller", null, ALL_UP, inbox);
    MqttTransport one = connect("dev-1", null, List.of(), new Inbox());
    List<CompletableFuture<Void>> publishing =
        IntStream.range(0, 8)
            .mapToObj(i -> CompletableFuture.runAsync(() -> publishTwenty(one, i)))
            .toList();
    publishing.forEach(CompletableFuture::join);
    await().until(() -> inbox.messages().size() == 160);
  }

  @Test
  void theFirstMessagesOfAConnectionMayComeFromSeveralThreads() throws Exception {
    Inbox inbox = new Inbox();
    connect("controller", null, ALL_UP, inbox);
    MqttTransport one = open("dev-1");
    opened.add(one);
    for (int connection = 0; connection < 20; connection++) {
      one.connect(null, List.of(), new Inbox());
      CyclicBarrier start = new CyclicBarrier(6);
      List<CompletableFuture<Void>> publishing =
          IntStream.range(0, 6)
              .mapToObj(i -> CompletableFuture.runAsync(() -> publishAtOnce(one, start)))
              .toList();
      publishing.forEach(CompletableFuture::join);
    }
    await().until(() -> inbox.messages().size() == 120);
  }

  @Test
  void theLargestPayloadArrivesAndALargerOneIsRefusedHere() throws Exception {
    Inbox controllerInbox = new Inbox();
    Inbox deviceInbox = new Inbox();
    MqttTransport controller = connect("controller", null, ALL_UP, controllerInbox);
    MqttTransport one = connect("dev-1", null, DOWN_ONE, deviceInbox);
    byte[] largest = new byte[MqttTransport.MAX_PAYLOAD_BYTES];
    java.util.Arrays.fill(largest, (byte) 0xA5);
    one.publish(ONE.report(), largest, false);
    controller.publish(ONE.order(), largest, false);
    await().until(() -> controllerInbox.messages().size() == 1);
    await().until(() -> deviceInbox.messages().size() == 1);
    assertThat(controllerInbox.messages().get(0).payload()).isEqualTo(largest);
    assertThat(deviceInbox.messages().get(0).payload()).isEqualTo(largest);
    assertThatThrownBy(() -> one.publish(ONE.report(), new byte[largest.length + 1], false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(one.isConnected()).isTrue();
  }

  @Test
  void whatIsRetainedIsToldToWhoComesLaterAndNothingElse() throws Exception {
    MqttTransport one = connect("dev-1", null, List.of(), new Inbox());
    one.publish(ONE.presence(), bytes("first"), true);
    one.publish(ONE.presence(), bytes("here"), true);
    one.publish(ONE.report(), bytes("not kept"), false);
    Inbox late = new Inbox();
    connect("controller", null, ALL_UP, late);
    one.publish(ONE.report(), bytes("live"), false);
    await().until(() -> late.textsOn(ONE.report()).contains("live"));
    assertThat(late.textsOn(ONE.presence())).containsExactly("here");
    assertThat(late.textsOn(ONE.report())).containsExactly("live");
  }

  @Test
  void aLostConnectionPublishesTheWillAndKeepsIt() throws Exception {
    Inbox inbox = new Inbox();
    MqttTransport controller = connect("controller", null, ALL_UP, inbox);
    Inbox deviceInbox = new Inbox();
    MqttTransport one = connect("dev-1", will("gone"), DOWN_ONE, deviceInbox);
    one.publish(ONE.presence(), bytes("here"), true);
    await().until(() -> inbox.textsOn(ONE.presence()).equals(List.of("here")));
    cut("dev-1");
    await().until(() -> inbox.textsOn(ONE.presence()).equals(List.of("here", "gone")));
    await().until(() -> deviceInbox.ends().size() == 1);
    assertThat(one.isConnected()).isFalse();
    controller.close();
    Inbox late = new Inbox();
    connect("controller", null, ALL_UP, late);
    await().until(() -> late.textsOn(ONE.presence()).equals(List.of("gone")));
  }

  @Test
  void anOrderlyCloseDropsTheWillAndIsNoLostConnection() throws Exception {
    Inbox inbox = new Inbox();
    connect("controller", null, ALL_UP, inbox);
    Inbox deviceInbox = new Inbox();
    MqttTransport one = connect("dev-1", will("gone"), DOWN_ONE, deviceInbox);
    one.publish(ONE.presence(), bytes("here"), true);
    one.close();
    one.close();
    assertThat(one.isConnected()).isFalse();
    MqttTransport again = connect("dev-1", null, DOWN_ONE, new Inbox());
    again.publish(ONE.report(), bytes("later"), false);
    await().until(() -> inbox.textsOn(ONE.report()).equals(List.of("later")));
    assertThat(inbox.textsOn(ONE.presence())).containsExactly("here");
    assertThat(deviceInbox.ends()).isEmpty();
  }

  @Test
  void nothingCanBePublishedWithoutAConnection() throws Exception {
    MqttTransport one = opened("dev-1");
    assertCannotPublish(one);
    Inbox inbox = new Inbox();
    one.connect(null, List.of(), inbox);
    one.publish(ONE.report(), bytes("fine"), false);
    cut("dev-1");
    await().until(() -> inbox.ends().size() == 1);
    assertCannotPublish(one);
    one.connect(null, List.of(), inbox);
    one.close();
    assertCannotPublish(one);
  }

  @Test
  void theSameTransportConnectsAgainAfterEveryLossAndIsToldOfEachOnce() throws Exception {
    MqttTransport controller = connect("controller", null, ALL_UP, new Inbox());
    MqttTransport one = opened("dev-1");
    Inbox inbox = new Inbox();
    for (int life = 1; life <= 3; life++) {
      int expected = life;
      one.connect(will("gone"), DOWN_ONE, inbox);
      assertThat(one.isConnected()).isTrue();
      controller.publish(ONE.order(), bytes("life " + life), false);
      await().until(() -> inbox.textsOn(ONE.order()).size() == expected);
      cut("dev-1");
      await().until(() -> inbox.ends().size() == expected);
    }
    assertThat(inbox.textsOn(ONE.order())).containsExactly("life 1", "life 2", "life 3");
  }

  @Test
  void connectingWhileConnectedIsAFreshStart() throws Exception {
    MqttTransport controller = connect("controller", null, ALL_UP, new Inbox());
    Inbox first = new Inbox();
    Inbox second = new Inbox();
    MqttTransport one = opened("dev-1");
    one.connect(null, DOWN_ONE, first);
    one.connect(null, DOWN_ONE, second);
    controller.publish(ONE.order(), bytes("now"), false);
    await().until(() -> second.textsOn(ONE.order()).equals(List.of("now")));
    assertThat(first.messages()).isEmpty();
    assertThat(first.ends()).isEmpty();
  }

  @Test
  void nothingWaitsForAClientThatIsAway() throws Exception {
    MqttTransport controller = connect("controller", null, ALL_UP, new Inbox());
    MqttTransport one = opened("dev-1");
    Inbox inbox = new Inbox();
    one.connect(null, DOWN_ONE, inbox);
    cut("dev-1");
    await().until(() -> inbox.ends().size() == 1);
    controller.publish(ONE.order(), bytes("while away"), false);
    one.connect(null, DOWN_ONE, inbox);
    controller.publish(ONE.order(), bytes("back"), false);
    await().until(() -> !inbox.messages().isEmpty());
    assertThat(inbox.textsOn(ONE.order())).containsExactly("back");
  }

  @Test
  void aSecondConnectionOfTheSameNameEndsTheFirst() throws Exception {
    Inbox first = new Inbox();
    Inbox second = new Inbox();
    MqttTransport controller = connect("controller", null, ALL_UP, new Inbox());
    MqttTransport older = connect("dev-1", null, DOWN_ONE, first);
    connect("dev-1", null, DOWN_ONE, second);
    await().until(() -> first.ends().size() == 1);
    assertThat(older.isConnected()).isFalse();
    controller.publish(ONE.order(), bytes("to the newer"), false);
    await().until(() -> second.textsOn(ONE.order()).equals(List.of("to the newer")));
    assertThat(first.messages()).isEmpty();
    assertThat(second.ends()).isEmpty();
  }

  @Test
  void aListenerThatFailsDoesNotEndTheConnection() throws Exception {
    Inbox inbox = new Inbox();
    MqttTransport controller = connect("controller", null, ALL_UP, new Inbox());
    MqttTransport.Listener failing =
        new MqttTransport.Listener() {
          @Override
          public void received(String topic, byte[] payload) {
            inbox.received(topic, payload);
            throw new IllegalStateException("on purpose");
          }

          @Override
          public void disconnected(String reason) {
            inbox.disconnected(reason);
          }
        };
    connect("dev-1", null, DOWN_ONE, failing);
    controller.publish(ONE.order(), bytes("a"), false);
    controller.publish(ONE.order(), bytes("b"), false);
    await().until(() -> inbox.textsOn(ONE.order()).equals(List.of("a", "b")));
    assertThat(inbox.ends()).isEmpty();
  }

  @Test
  void closingWhatWasNeverConnectedIsFine() throws Exception {
    MqttTransport one = opened("dev-1");
    one.close();
    one.close();
    assertThat(one.isConnected()).isFalse();
  }

  private MqttTransport connect(
      String clientId,
      MqttTransport.Will will,
      List<String> subscriptions,
      MqttTransport.Listener listener)
      throws Exception {
    MqttTransport transport = opened(clientId);
    transport.connect(will, subscriptions, listener);
    return transport;
  }

  private MqttTransport opened(String clientId) throws Exception {
    MqttTransport transport = open(clientId);
    opened.add(transport);
    return transport;
  }

  private static MqttTransport.Will will(String text) {
    return new MqttTransport.Will(ONE.presence(), bytes(text));
  }

  private static void assertCannotPublish(MqttTransport transport) {
    assertThatThrownBy(() -> transport.publish(ONE.report(), bytes("x"), false))
        .isInstanceOf(TransportException.class)
        .hasMessageContaining(ONE.report());
  }

  private static void publishTwenty(MqttTransport transport, int thread) {
    try {
      for (int i = 0; i < 20; i++) {
        transport.publish(ONE.report(), bytes(thread + "/" + i), false);
      }
    } catch (TransportException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void publishAtOnce(MqttTransport transport, CyclicBarrier start) {
    try {
      start.await();
      transport.publish(ONE.report(), bytes("first"), false);
    } catch (TransportException | InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
