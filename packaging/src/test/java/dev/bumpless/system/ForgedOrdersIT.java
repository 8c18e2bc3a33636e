package dev.bumpless.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.ledger.Ledger;
import dev.bumpless.ledger.LedgerReport;
import dev.bumpless.ledger.ReportText;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.Assignment;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.ManifestText;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Topics;
import dev.bumpless.transport.MqttTransport;
import dev.bumpless.transport.PahoTransport;
import dev.bumpless.transport.Tls;
import dev.bumpless.trust.Envelope;
import dev.bumpless.trust.Signer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody has the controller's certificate, but not an order for this device, for now, and signed:
 * he is refused, the operator can see it, and what runs is not touched.
 */
class ForgedOrdersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final DeviceId ONE = new DeviceId(WholeSystem.DEVICE);

  /**
   * Of the order that the device obeys. Not the next after 999: when the device tells of that one,
   * the controller counts on from there and says again what it wants.
   */
  private static final long GENUINE = 2000;

  private static final AppName WEB = new AppName("web");

  @TempDir private Path folder;
  private final MessageCodec codec = new MessageCodec(new ManifestText());
  private WholeSystem system;

  @BeforeEach
  void somethingServes() throws Exception {
    system = WholeSystem.start(folder);
    system.push("1", "one");
    String manifest = system.manifest("1", "ok").toString();
    assertThat(system.cli("apply", "-f", manifest, "--wait").exitCode()).isZero();
  }

  @AfterEach
  void stop() throws Exception {
    system.close();
  }

  @Test
  void whatIsNotAnOrderForThisDeviceNowIsRefusedAndTold() throws Exception {
    Signer real = Signer.fromPem(Files.readString(system.trust().resolve("keys/order.key")));
    Instant soon = Instant.now().plusSeconds(600);
    byte[] good = signed(real, stop(ONE, GENUINE, soon));
    Map<String, byte[]> forged =
        Map.of(
            "WRONG_DEVICE an order for dev-2, this is dev-1",
            signed(real, stop(new DeviceId("dev-2"), 9, soon)),
            "REPLAYED order 1 for web; order 1 was accepted before",
            signed(real, stop(ONE, 1, soon)),
            "EXPIRED order 999 for web expired at",
            signed(real, stop(ONE, 999, Instant.now().minusSeconds(600))),
            "UNKNOWN_KEY an order: key '",
            signed(Signer.generate(), stop(ONE, GENUINE, soon)),
            "UNSIGNED an order: application/vnd.bumpless.order.v1+json without a signature",
            unsigned(good),
            "MALFORMED no Assignment: Unexpected end-of-input",
            Arrays.copyOf(good, good.length / 2));

    try (Ledger load = system.load()) {
      send(forged.values());
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(refusals()).contains(forged.keySet()));
      LedgerReport clients = load.stop();
      assertThat(clients.lost()).as(ReportText.of(clients)).isZero();
    }

    assertThat(system.answer()).contains("\"1-ok\"");
    send(List.of(good));
    await("the same order, genuine, is obeyed")
        .atMost(PATIENCE)
        .until(() -> agentsLog().contains("order-accepted app=web sequence=" + GENUINE + " "));
  }

  private String agentsLog() throws IOException {
    return Files.readString(folder.resolve("agent.log"));
  }

  /** Each as its code and its message on one line. */
  private String refusals() {
    String device = system.cli("describe", "device", ONE.value()).out();
    return device.replaceAll("(?m)^ *code: (.*)\\R *message: ", "$1 ");
  }

  private static byte[] unsigned(byte[] order) {
    return new String(order, StandardCharsets.UTF_8)
        .replaceFirst("\"signatures\":\\[.*?]", "\"signatures\":[]")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static Order stop(DeviceId device, long sequence, Instant expires) {
    return new Order(
        UUID.randomUUID(),
        device,
        sequence,
        expires.minusSeconds(3600),
        expires,
        new Order.Stop(WEB));
  }

  private byte[] signed(Signer signer, Order order) {
    return assignment(signer.sign(Envelope.ORDER, codec.encode(order)));
  }

  private byte[] assignment(Envelope order) {
    return codec.encode(new Assignment(order, Optional.empty()));
  }

  /** The broker hangs up on the real controller, which takes its place back in a second. */
  private void send(Collection<byte[]> orders) throws Exception {
    MqttTransport stolen = transport("controller/controller.p12", "controller");
    try {
      stolen.connect(null, List.of(), new Deaf());
      for (byte[] order : orders) {
        stolen.publish(new Topics(ONE).order(), order, false);
      }
    } finally {
      stolen.close();
    }
  }

  private MqttTransport transport(String store, String name) throws IOException {
    Path file = system.trust().resolve(store);
    return new PahoTransport(
        new PahoTransport.Config(
            "ssl://127.0.0.1:" + system.mqttPort,
            name,
            Tls.context(file, file.resolveSibling("p12.password")),
            PahoTransport.Config.TIMEOUT,
            PahoTransport.Config.KEEP_ALIVE));
  }

  private static final class Deaf implements MqttTransport.Listener {
    @Override
    public void received(String topic, byte[] payload) {}

    @Override
    public void disconnected(String reason) {}
  }
}
