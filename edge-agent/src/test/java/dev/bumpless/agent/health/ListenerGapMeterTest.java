package dev.bumpless.agent.health;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.agent.swap.GapMeter.Measurement;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.ManifestParser;
import dev.bumpless.manifest.Port;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ListenerGapMeterTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  private static final String BROKEN = "HTTP/1.1 503 no\r\nContent-Length: 0\r\n\r\n";

  private final ListenerGapMeter meter = new ListenerGapMeter("127.0.0.1");
  private final AtomicInteger served = new AtomicInteger();

  @Test
  void a_server_that_answers_has_a_gap_far_below_its_stalls_and_no_failures() throws Exception {
    try (ScriptedServer server = new ScriptedServer(counted(OK));
        Measurement measurement = meter.start(app(server, Port.Protocol.HTTP))) {
      awaitServed(25);

      assertThat(measurement.failures()).isZero();
      assertThat(measurement.longestGap()).isLessThan(Duration.ofMillis(300));
    }
  }

  @Test
  void a_stall_is_seen_as_long_as_it_was_and_costs_no_failure() throws Exception {
    try (ScriptedServer server = new ScriptedServer(counted(OK));
        Measurement measurement = meter.start(app(server, Port.Protocol.HTTP))) {
      awaitServed(5);

      server.stall(Duration.ofMillis(700));
      awaitServed(served.get() + 5);

      assertThat(measurement.failures()).isZero();
      assertThat(measurement.longestGap())
          .isBetween(Duration.ofMillis(650), Duration.ofMillis(1400));
    }
  }

  @Test
  void a_stall_is_seen_while_it_lasts() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedServer server = new ScriptedServer(client -> over.await());
        Measurement measurement = meter.start(app(server, Port.Protocol.HTTP))) {
      Awaitility.await()
          .atMost(10, SECONDS)
          .until(() -> measurement.longestGap().compareTo(Duration.ofMillis(300)) > 0);
    } finally {
      over.countDown();
    }
  }

  @Test
  void answers_from_500_on_and_cut_connections_are_failures() throws Exception {
    try (ScriptedServer server = new ScriptedServer(counted(BROKEN));
        Measurement measurement = meter.start(app(server, Port.Protocol.HTTP))) {
      Awaitility.await().atMost(10, SECONDS).until(() -> measurement.failures() >= 5);

      server.now(client -> client.close());
      int before = measurement.failures();
      Awaitility.await().atMost(10, SECONDS).until(() -> measurement.failures() >= before + 5);
      assertThat(measurement.longestGap()).isGreaterThan(Duration.ofMillis(100));
    }
  }

  @Test
  void a_listener_that_is_gone_is_a_failure_and_a_gap() throws Exception {
    ScriptedServer server = new ScriptedServer(counted(OK));
    App app = app(server, Port.Protocol.HTTP);
    server.close();
    try (Measurement measurement = meter.start(app)) {
      Awaitility.await().atMost(10, SECONDS).until(() -> measurement.failures() >= 10);

      assertThat(measurement.longestGap()).isGreaterThan(Duration.ofMillis(100));
    }
  }

  @Test
  void the_health_path_of_the_container_is_asked() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    try (ScriptedServer server =
            new ScriptedServer(
                client -> {
                  byte[] line = client.getInputStream().readNBytes(13);
                  if (new String(line, StandardCharsets.US_ASCII).equals("GET /settings")) {
                    asked.countDown();
                  }
                });
        Measurement measurement = meter.start(app(server, Port.Protocol.HTTP))) {
      assertThat(measurement).isNotNull();
      assertThat(asked.await(10, SECONDS)).isTrue();
    }
  }

  @Test
  void a_tcp_route_is_good_when_connections_stay_open_and_bad_when_they_are_closed_at_once()
      throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(
                client -> {
                  served.incrementAndGet();
                  client.getInputStream().readAllBytes();
                });
        Measurement measurement = meter.start(app(server, Port.Protocol.TCP))) {
      awaitServed(10);
      assertThat(measurement.failures()).isZero();

      server.now(client -> client.close());

      Awaitility.await().atMost(10, SECONDS).until(() -> measurement.failures() >= 5);
    }
  }

  @Test
  void a_modbus_route_is_asked_for_the_register_and_exceptions_of_the_server_are_answers()
      throws Exception {
    byte[] illegalAddress = {0, 0, 0, 0, 0, 3, 7, (byte) 0x83, 2};
    byte[] serverBusy = {0, 0, 0, 0, 0, 3, 7, (byte) 0x83, 6};
    try (ScriptedServer server = new ScriptedServer(modbus(illegalAddress));
        Measurement measurement = meter.start(app(server, Port.Protocol.MODBUS))) {
      awaitServed(10);
      assertThat(measurement.failures()).isZero();

      server.now(modbus(serverBusy));

      Awaitility.await().atMost(10, SECONDS).until(() -> measurement.failures() >= 5);
    }
  }

  @Test
  void a_modbus_server_that_keeps_its_connections_open_is_asked_on_and_on() throws Exception {
    byte[] value = {0, 0, 0, 0, 0, 5, 7, 3, 2, 0, 1};
    try (ScriptedServer server =
            new ScriptedServer(
                client -> {
                  modbus(value).serve(client);
                  client.getInputStream().readAllBytes();
                });
        Measurement measurement = meter.start(app(server, Port.Protocol.MODBUS))) {
      awaitServed(50);

      assertThat(measurement.failures()).isZero();
      assertThat(measurement.longestGap()).isLessThan(Duration.ofMillis(300));
    }
  }

  /** Answers only to the read that the manifest names: unit 7, holding register 300. */
  private ScriptedServer.Script modbus(byte[] answer) {
    return client -> {
      byte[] request = client.getInputStream().readNBytes(12);
      if (Arrays.equals(request, 4, 12, new byte[] {0, 6, 7, 3, 1, 44, 0, 1}, 0, 8)) {
        client.getOutputStream().write(answer);
        served.incrementAndGet();
      }
    };
  }

  @Test
  void what_was_measured_stays_as_it_is_after_closing() throws Exception {
    try (ScriptedServer server = new ScriptedServer(counted(OK))) {
      Measurement measurement = meter.start(app(server, Port.Protocol.HTTP));
      awaitServed(5);
      measurement.close();
      Duration gap = measurement.longestGap();

      int before = served.get();
      Awaitility.await()
          .pollInterval(Duration.ofMillis(100))
          .during(Duration.ofMillis(300))
          .until(() -> served.get() <= before + 1);
      assertThat(measurement.longestGap()).isEqualTo(gap);
    }
  }

  private ScriptedServer.Script counted(String answer) {
    return client -> {
      ScriptedServer.answer(answer).serve(client);
      served.incrementAndGet();
    };
  }

  private void awaitServed(int count) {
    Awaitility.await().atMost(10, SECONDS).until(() -> served.get() >= count);
  }

  private static App app(ScriptedServer server, Port.Protocol protocol) {
    return ManifestParser.parse(
        """
        apiVersion: bumpless.dev/v1
        kind: App
        name: pump
        containers:
          - { name: web, image: web, resources: { memory: 64Mi } }
          - { name: other, image: other, resources: { memory: 64Mi } }
        ports: [ { listen: %d, container: web, target: 8080, protocol: %s } ]
        health:
          - { container: web, tcp: 8080 }
          - { container: other, http: /no, port: 8080 }
          - { container: web, http: /settings, port: 8080 }
          - { container: web, modbus: { unit: 7, holding: 300 }, port: 8080 }
        """
            .formatted(server.port(), protocol.name().toLowerCase(Locale.ROOT)),
        "pump.yaml");
  }
}
