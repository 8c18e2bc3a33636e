package dev.bumpless.agent.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.agent.swap.Desired;
import dev.bumpless.agent.swap.Ticker;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Presence;
import dev.bumpless.protocol.ReportAck;
import dev.bumpless.protocol.Samples;
import dev.bumpless.protocol.Topics;
import dev.bumpless.transport.Inbox;
import dev.bumpless.transport.Mosquitto;
import dev.bumpless.transport.MqttTransport;
import dev.bumpless.transport.PahoTransport;
import dev.bumpless.transport.TestPki;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The link on a real broker that goes away in the middle, with real time and threads. */
@Timeout(120)
class ControllerLinkIT {
  private static final Topics TOPICS = new Topics(Samples.DEVICE);

  @TempDir static Path folder;
  private static TestPki pki;
  private static Mosquitto broker;

  @TempDir Path state;
  private final Plant plant = new Plant();
  private final List<Desired> desired = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void startBroker() throws Exception {
    pki = new TestPki(folder);
    pki.issue("dev-1");
    pki.issue("controller");
    broker = new Mosquitto(folder, pki);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void ordersAndReportsSurviveABrokerThatDiesInTheMiddle() throws Exception {
    Inbox heard = new Inbox();
    MqttTransport controller = transport("controller");
    controller.connect(null, List.of(Topics.allUp()), heard);
    try (controller;
        ControllerLink link = link()) {
      link.start(desired::add);
      await().until(() -> !heard.textsOn(TOPICS.desired()).isEmpty());
      controller.publish(TOPICS.order(), plant.runs(1, "pump", 7), false);
      await().until(() -> desired.size() == 1);

      broker.kill();
      link.report(report(Phase.PULLING));
      link.report(report(Phase.COMMITTED));
      await().until(() -> heard.ends().size() == 1);
      broker.start();
      controller.connect(null, List.of(Topics.allUp()), heard);
      await().atMost(60, TimeUnit.SECONDS).until(() -> phases(heard).contains(Phase.COMMITTED));
      assertThat(phases(heard)).doesNotContain(Phase.PULLING);
      DeviceReport last = reports(heard).get(reports(heard).size() - 1);
      controller.publish(
          TOPICS.reportAck(), plant.codec.encode(new ReportAck(last.boot(), last.number())), false);
      controller.publish(TOPICS.order(), plant.stops(2, "pump"), false);
      await().until(() -> desired.size() == 2);
    }
  }

  @Test
  void whoLeavesInGoodOrderSaysSoAndLeavesNoThread() throws Exception {
    Inbox heard = new Inbox();
    MqttTransport controller = transport("controller");
    controller.connect(null, List.of(Topics.allUp()), heard);
    ControllerLink link = link();
    link.start(desired::add);
    await().until(() -> !heard.textsOn(TOPICS.report()).isEmpty());
    link.close();
    await().until(() -> heard.textsOn(TOPICS.presence()).size() >= 2);
    List<String> presences = heard.textsOn(TOPICS.presence());
    Presence last =
        plant.codec.decode(
            presences.get(presences.size() - 1).getBytes(java.nio.charset.StandardCharsets.UTF_8),
            Presence.class);
    assertThat(last.online()).isFalse();
    controller.close();
    await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .noneMatch(n -> n.startsWith("MQTT") || n.equals("controller-link")));
  }

  @Test
  void closingDoesNotWaitForABrokerThatIsAway() throws Exception {
    PahoTransport nowhere =
        new PahoTransport(
            new PahoTransport.Config(
                "ssl://127.0.0.1:1",
                "dev-1",
                pki.context("dev-1"),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30)));
    ControllerLink link = new ControllerLink(parts(nowhere));
    link.start(desired::add);
    link.report(report(Phase.COMMITTED));
    long before = System.nanoTime();
    link.close();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
  }

  private ControllerLink link() throws IOException {
    return new ControllerLink(parts(transport("dev-1")));
  }

  private ControllerLink.Parts parts(MqttTransport transport) {
    DeviceReport.Inventory inventory =
        new DeviceReport.Inventory("linux/amd64", "20.10", "0.1.0", 1, 1);
    return new ControllerLink.Parts(
        Samples.DEVICE,
        transport,
        plant.codec,
        plant.root,
        state,
        Instant.parse("2026-11-23T00:00:00Z"),
        () -> inventory,
        List::of,
        Map.of("site", "plant-a"),
        (query, sink) -> () -> {},
        new FixedWall());
  }

  private static MqttTransport transport(String name) throws IOException {
    return new PahoTransport(
        new PahoTransport.Config(
            "ssl://127.0.0.1:" + broker.port(),
            name,
            pki.context(name),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30)));
  }

  private List<Phase> phases(Inbox heard) throws Exception {
    return reports(heard).stream().flatMap(r -> r.apps().stream()).map(AppReport::phase).toList();
  }

  private List<DeviceReport> reports(Inbox heard) throws Exception {
    List<DeviceReport> reports = new java.util.ArrayList<>();
    for (Inbox.Message message : heard.messages()) {
      if (message.topic().equals(TOPICS.report())) {
        reports.add(plant.codec.decode(message.payload(), DeviceReport.class));
      }
    }
    return reports;
  }

  private static AppReport report(Phase phase) {
    return new AppReport(
        Samples.PUMP,
        new UUID(0, 1),
        1,
        phase,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        phase.toString(),
        Map.of(),
        Samples.NOW);
  }

  /** Orders are signed at a fixed time; deadlines run with the real one. */
  private static final class FixedWall implements Ticker {
    @Override
    public void pause(Duration duration) {
      throw new AssertionError("nobody waits here");
    }

    @Override
    public Instant steady() {
      return Instant.EPOCH.plusNanos(System.nanoTime());
    }

    @Override
    public Instant wall() {
      return Samples.NOW;
    }
  }
}
