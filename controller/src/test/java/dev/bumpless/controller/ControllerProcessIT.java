package dev.bumpless.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bumpless.controller.Rest.Reply;
import dev.bumpless.controller.enrol.Init;
import dev.bumpless.controller.link.SimulatedDevice;
import dev.bumpless.controller.registry.FakeRegistryServer;
import dev.bumpless.controller.repository.GitRepository;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.ManifestText;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Order;
import dev.bumpless.transport.MqttTransport;
import dev.bumpless.transport.PahoTransport;
import dev.bumpless.transport.Tls;
import dev.bumpless.transport.TransportException;
import dev.bumpless.trust.Root;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program itself, with its own broker, killed as a power cut kills it. */
class ControllerProcessIT {
  private static final DeviceId ONE = new DeviceId("dev-1");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private final MessageCodec codec = new MessageCodec(new ManifestText());
  private FakeRegistryServer registry;
  private Process process;
  private SimulatedDevice device;
  private Rest rest;
  private int brokerPort;

  @BeforeEach
  void start() throws Exception {
    registry = new FakeRegistryServer();
    Init.run(folder.resolve("trust"), List.of(ONE), List.of(), Instant.now());
    brokerPort = freePort();
    int httpPort = freePort();
    Files.writeString(
        folder.resolve("controller.yaml"),
        """
        state: %s
        trust: %s
        http: 127.0.0.1:%d
        broker: { embedded: { address: 127.0.0.1, port: %d } }
        """
            .formatted(folder.resolve("state"), folder.resolve("trust"), httpPort, brokerPort));
    rest = new Rest(httpPort, Files.readString(folder.resolve("trust/controller/token")).strip());
    startProcess();
    device =
        new SimulatedDevice(
            ONE,
            transport(),
            codec,
            codec.decode(Files.readAllBytes(folder.resolve("trust/root.json")), Root.class));
  }

  @AfterEach
  void stop() {
    device.close();
    registry.close();
    process.destroyForcibly();
  }

  @Test
  void whatWasAskedForIsOrderedAfterAKillAndNoSequenceIsGivenTwice() throws Exception {
    connect();
    awaitDone(apply(1880));
    device.close();
    SimulatedDevice before = device;
    Reply asked = apply(1881);

    process.destroyForcibly().waitFor();
    startProcess();
    device =
        new SimulatedDevice(
            ONE,
            transport(),
            codec,
            codec.decode(Files.readAllBytes(folder.resolve("trust/root.json")), Root.class));
    connect();

    awaitDone(asked);
    awaitDone(apply(1882));
    assertThat(before.orders).extracting(Order::sequence).containsExactly(1L);
    assertThat(device.orders).extracting(Order::sequence).containsExactly(2L, 3L);
    assertThat(device.doubts).isEmpty();
  }

  @Test
  void whatASourceSaysIsStartedOnceHoweverOftenTheControllerIsKilled() throws Exception {
    GitRepository repository = new GitRepository(folder.resolve("repository"));
    process.destroyForcibly().waitFor();
    Files.writeString(
        folder.resolve("controller.yaml"),
        "sources: [ { name: plants, git: \"%s\", interval: 10s, target: { all: true } } ]\n"
            .formatted(repository.url()),
        StandardOpenOption.APPEND);
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String commit = "";
    for (int kill = 0; kill < 12; kill++) {
      if (kill % 2 == 0) {
        commit = repository.commit("pump.yaml", app(1880 + kill));
      }
      startProcess();
      boolean isOver = process.waitFor(random.nextInt(1_000), TimeUnit.MILLISECONDS);
      assertThat(isOver).as("seed %d", seed).isFalse();
      process.destroyForcibly().waitFor();
    }
    startProcess();

    String newest = commit;
    await().atMost(PATIENCE).until(() -> applied().equals(newest));
    List<String> started = new ArrayList<>();
    rest.get("/api/v1/rollouts?limit=200")
        .body()
        .forEach(r -> started.add(r.path("release").asText()));
    assertThat(started).as("seed %d", seed).isNotEmpty().doesNotHaveDuplicates();
    assertThat(rest.get("/api/v1/apps/pump/releases").body()).hasSameSizeAs(started);
  }

  private String applied() {
    return rest.get("/api/v1/sources/plants")
        .body()
        .path("units")
        .path(0)
        .path("revision")
        .asText();
  }

  @Test
  void aSecondControllerOnTheSameStateIsRefused() throws Exception {
    Process second = launch("second.log");

    assertThat(second.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(second.exitValue()).isEqualTo(1);
    assertThat(Files.readString(folder.resolve("second.log")))
        .contains("another controller runs on");
  }

  @Test
  void aTermEndsItInGoodOrder() throws Exception {
    process.destroy();

    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(folder.resolve("controller.log"))).doesNotContain("ERROR");
  }

  private void startProcess() throws IOException {
    process = launch("controller.log");
    await().atMost(PATIENCE).until(this::answers);
  }

  private Process launch(String log) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Main.class.getName(),
            "--config",
            folder.resolve("controller.yaml").toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(log).toFile())
        .start();
  }

  private boolean answers() {
    assertThat(process.isAlive()).isTrue();
    try {
      return rest.get("/api/v1/devices").status() == 200;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private MqttTransport transport() throws IOException {
    Path store = folder.resolve("trust/devices/dev-1/device.p12");
    return new PahoTransport(
        new PahoTransport.Config(
            "ssl://127.0.0.1:" + brokerPort,
            "dev-1",
            Tls.context(store, store.resolveSibling("p12.password")),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30)));
  }

  private void connect() {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(TransportException.class)
        .untilAsserted(() -> device.connect());
  }

  private Reply apply(int port) {
    return rest.apply(app(port), "{\"devices\":[\"dev-1\"]}");
  }

  private String app(int port) {
    return """
        apiVersion: bumpless.dev/v1
        kind: App
        name: pump
        containers:
          - { name: main, image: "%s", resources: { memory: 64Mi } }
        ports:
          - { listen: %d, container: main, target: 80, protocol: http }
        """
        .formatted(registry.image("pump", "1.0"), port);
  }

  private void awaitDone(Reply asked) {
    assertThat(asked.status()).as("%s", asked.body()).isEqualTo(202);
    String path = "/api/v1/rollouts/" + asked.body().path("id").asText();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode rollout = rest.get(path).body();
              assertThat(rollout.path("succeeded").asBoolean()).as("%s", rollout).isTrue();
            });
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
