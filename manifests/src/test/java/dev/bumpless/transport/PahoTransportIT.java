package dev.bumpless.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The contract on Mosquitto over TLS, and what only a real network does. */
class PahoTransportIT extends MqttTransportContract {
  private static final Topics ONE = new Topics(new DeviceId("dev-1"));
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  @TempDir static Path folder;
  private static TestPki pki;
  private static Mosquitto broker;
  private final Map<String, Relay> cables = new ConcurrentHashMap<>();

  @BeforeAll
  static void startBroker() throws Exception {
    pki = new TestPki(folder);
    for (String name : List.of("dev-1", "dev-2", "controller")) {
      pki.issue(name);
    }
    broker = new Mosquitto(folder, pki);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Override
  protected MqttTransport open(String clientId) throws IOException {
    Relay cable = new Relay(broker.port());
    cables.put(clientId, cable);
    return to("ssl://127.0.0.1:" + cable.port(), clientId);
  }

  @Override
  protected void cut(String clientId) {
    cables.get(clientId).cut();
  }

  private static MqttTransport to(String address, String clientId) throws IOException {
    return new PahoTransport(
        new PahoTransport.Config(
            address, clientId, pki.context(clientId), TIMEOUT, Duration.ofSeconds(30)));
  }

  @Test
  void aBrokerThatDiesAndComesBackIsConnectedToAgain() throws Exception {
    Inbox inbox = new Inbox();
    try (MqttTransport one = to("ssl://127.0.0.1:" + broker.port(), "dev-1")) {
      for (int life = 1; life <= 3; life++) {
        int expected = life;
        one.connect(null, List.of(ONE.allDown()), inbox);
        one.publish(ONE.report(), new byte[] {1}, false);
        broker.kill();
        await().until(() -> inbox.ends().size() == expected);
        assertThatThrownBy(() -> one.connect(null, List.of(), inbox))
            .isInstanceOf(TransportException.class)
            .hasMessageContaining("cannot connect to ssl://127.0.0.1:");
        broker.start();
      }
      one.connect(null, List.of(), inbox);
    }
    assertThat(inbox.ends()).hasSize(3);
  }

  @Test
  void noThreadIsLeftAfterClosesLossesAndFailures() throws Exception {
    for (int i = 0; i < 3; i++) {
      Inbox inbox = new Inbox();
      MqttTransport one = open("dev-1");
      one.connect(null, List.of(ONE.allDown()), inbox);
      one.close();
      one.connect(null, List.of(ONE.allDown()), inbox);
      cut("dev-1");
      await().until(() -> inbox.ends().size() == 1);
      one.close();
      MqttTransport nowhere = to("ssl://127.0.0.1:1", "dev-1");
      assertThatThrownBy(() -> nowhere.connect(null, List.of(), inbox))
          .isInstanceOf(TransportException.class);
    }
    await().untilAsserted(() -> assertThat(mqttThreads()).isEmpty());
  }

  @Test
  @Timeout(40)
  void aPeerThatStallsCanStillBeClosed() throws Exception {
    ExecutorService many = Executors.newCachedThreadPool();
    MqttTransport one = open("dev-1");
    one.connect(null, List.of(), new Inbox());
    cables.get("dev-1").stall();
    // five megabytes fill every buffer on the way: the writer hangs
    List<CompletableFuture<Void>> publishing =
        IntStream.range(0, 20)
            .mapToObj(i -> CompletableFuture.runAsync(() -> publishLargest(one), many))
            .toList();
    for (CompletableFuture<Void> one20th : publishing) {
      assertThatThrownBy(one20th::join).hasCauseInstanceOf(TransportException.class);
    }
    long before = System.nanoTime();
    one.close();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
    await().atMost(20, TimeUnit.SECONDS).untilAsserted(() -> assertThat(mqttThreads()).isEmpty());
    many.shutdownNow();
  }

  private static void publishLargest(MqttTransport transport) {
    try {
      transport.publish(ONE.report(), new byte[MqttTransport.MAX_PAYLOAD_BYTES], false);
    } catch (TransportException e) {
      throw new CompletionException(e);
    }
  }

  @Test
  void aBrokerThatNeverAnswersIsGivenUp() throws Exception {
    Relay silent = new Relay(broker.port());
    silent.stall();
    MqttTransport one = to("ssl://127.0.0.1:" + silent.port(), "dev-1");
    assertThatThrownBy(() -> one.connect(null, List.of(), new Inbox()))
        .isInstanceOf(TransportException.class);
    assertThat(one.isConnected()).isFalse();
    silent.close();
    await().atMost(20, TimeUnit.SECONDS).untilAsserted(() -> assertThat(mqttThreads()).isEmpty());
  }

  @Test
  void aBrokerWithTheNameOfAnotherHostIsNotBelieved() throws Exception {
    // the kernel answers on all of 127/8; the broker's certificate names 127.0.0.1 alone
    InetAddress other = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
    try (Relay elsewhere = new Relay(other, broker.port())) {
      MqttTransport one = to("ssl://127.0.0.2:" + elsewhere.port(), "dev-1");
      assertThatThrownBy(() -> one.connect(null, List.of(), new Inbox()))
          .isInstanceOf(TransportException.class)
          .hasMessageContaining("No subject alternative names matching IP address 127.0.0.2");
    }
  }

  @Test
  void aBrokerOrClientOfAnotherCaIsNotBelieved(@TempDir Path other) throws Exception {
    TestPki strangers = new TestPki(other);
    strangers.issue("dev-1");
    MqttTransport stranger =
        new PahoTransport(
            new PahoTransport.Config(
                "ssl://127.0.0.1:" + broker.port(),
                "dev-1",
                strangers.context("dev-1"),
                TIMEOUT,
                Duration.ofSeconds(30)));
    assertThatThrownBy(() -> stranger.connect(null, List.of(), new Inbox()))
        .isInstanceOf(TransportException.class);
  }

  @Test
  void whatTheCertificateDoesNotAllowIsRefused() throws Exception {
    MqttTransport one = open("dev-1");
    one.connect(null, List.of(), new Inbox());
    Topics other = new Topics(new DeviceId("dev-2"));
    assertThatThrownBy(() -> one.publish(other.report(), new byte[] {1}, false))
        .isInstanceOf(TransportException.class)
        .hasMessageContaining("135");
    assertThatThrownBy(() -> one.publish(ONE.order(), new byte[] {1}, false))
        .isInstanceOf(TransportException.class);
    one.publish(ONE.report(), new byte[] {1}, false);
    one.close();
  }

  private static List<String> mqttThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("MQTT"))
        .toList();
  }
}
