package dev.bumpless.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bumpless.controller.enrol.Init;
import dev.bumpless.controller.link.SimulatedDevice;
import dev.bumpless.controller.registry.FakeRegistryServer;
import dev.bumpless.controller.repository.GitReader;
import dev.bumpless.controller.repository.GitRepository;
import dev.bumpless.controller.source.Source;
import dev.bumpless.controller.source.SourceName;
import dev.bumpless.manifest.RolloutTarget;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.ManifestText;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Order;
import dev.bumpless.transport.LoopbackBroker;
import dev.bumpless.trust.Root;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A controller that follows a real git repository; device and broker are simulated. */
class FollowedSourcesTest {
  private static final DeviceId ONE = new DeviceId("dev-1");
  private static final String SECRET = "a secret of thirty-two characters";
  private static final Duration OFTEN = Duration.ofMillis(100);
  private static final Duration HARDLY_EVER = Duration.ofHours(1);

  @TempDir private Path folder;
  private final MessageCodec codec = new MessageCodec(new ManifestText());
  private final LoopbackBroker broker = new LoopbackBroker();
  private final List<AutoCloseable> open = new ArrayList<>();
  private FakeRegistryServer registry;
  private GitRepository repository;
  private SimulatedDevice device;
  private Controller controller;
  private Rest rest;

  @BeforeEach
  void start() throws Exception {
    registry = new FakeRegistryServer();
    open.add(registry);
    repository = new GitRepository(folder.resolve("repository"));
    Init.run(folder.resolve("trust"), List.of(ONE), List.of(), Instant.now());
    Path secret = Files.writeString(folder.resolve("secret"), SECRET + "\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    Root root = codec.decode(Files.readAllBytes(folder.resolve("trust/root.json")), Root.class);
    device = new SimulatedDevice(ONE, broker.transport(ONE.value()), codec, root);
    open.add(device);
  }

  @AfterEach
  final void stop() throws Exception {
    controller.close();
    for (AutoCloseable resource : open) {
      resource.close();
    }
  }

  @Test
  void whatIsCommittedRunsAndIsSentOnce() throws Exception {
    String first = repository.commit("a/pump.yaml", app("1.0"));
    follow(OFTEN);
    awaitState("IN_STEP");
    assertThat(source().path("revision").asText()).isEqualTo(first);
    assertThat(unit().path("unit").asText()).isEqualTo("app/pump");
    assertThat(unit().path("release").asText()).isEqualTo("pump@1");
    awaitLooks(2);
    assertThat(orders()).containsExactly("pump@1");

    String second = repository.commit("a/pump.yaml", app("1.1"));
    await().until(() -> orders().equals(List.of("pump@1", "pump@2")));
    awaitState("IN_STEP");
    assertThat(unit().path("revision").asText()).isEqualTo(second);

    String third = repository.commit("a/pump.yaml", "# only a comment\n" + app("1.1"));
    await().until(() -> source().path("revision").asText().equals(third));
    assertThat(orders()).hasSize(2);

    repository.git("reset", "--quiet", "--hard", first);
    await().until(() -> orders().size() == 3);
    assertThat(audit("source plants"))
        .anyMatch(
            line ->
                line.startsWith(
                    "APPLY app pump: pump@1, as pump.yaml of " + first.substring(0, 12)))
        .hasSize(3);
  }

  @Test
  void aRestartOfTheControllerSendsNothingTwice() throws Exception {
    repository.commit("a/pump.yaml", app("1.0"));
    follow(OFTEN);
    awaitState("IN_STEP");

    controller.close();
    broker.restart();
    follow(OFTEN);

    awaitState("IN_STEP");
    awaitLooks(2);
    assertThat(orders()).containsExactly("pump@1");
    assertThat(rest.get("/api/v1/rollouts").body()).hasSize(1);
  }

  @Test
  void nothingOfARevisionIsAppliedInWhichAnythingIsBroken() throws Exception {
    repository.commit("a/pump.yaml", app("1.0"));
    follow(OFTEN);
    awaitState("IN_STEP");

    Files.writeString(repository.folder().resolve("a/pump.yaml"), app("1.1"));
    repository.commit(
        "a/broken.yaml", app("1.0").replace("name: pump", "name: web") + "bakee: 1\n");

    awaitState("PROBLEM");
    JsonNode problem = source().path("problem");
    assertThat(problem.path("code").asText()).isEqualTo("INVALID_MANIFEST");
    assertThat(problem.path("details").path(0).path("file").asText()).isEqualTo("broken.yaml");
    assertThat(problem.path("details").path(0).path("line").asInt()).isEqualTo(8);
    assertThat(problem.path("details").path(0).path("message").asText()).contains("'bakee'");
    awaitLooks(2);
    assertThat(orders()).containsExactly("pump@1");
    assertThat(audit("source plants"))
        .filteredOn(line -> line.endsWith("INVALID_MANIFEST"))
        .as("what stays wrong is written once")
        .singleElement()
        .asString()
        .contains("is wrong in one place: broken.yaml:8:1: unknown key 'bakee'");

    repository.git("rm", "--quiet", "a/broken.yaml");
    repository.commit();
    await().until(() -> orders().equals(List.of("pump@1", "pump@2")));
    awaitState("IN_STEP");
  }

  @Test
  void aRepositoryThatIsGoneIsToldAndNothingIsSent() throws Exception {
    repository.commit("a/pump.yaml", app("1.0"));
    follow(OFTEN);
    awaitState("IN_STEP");

    Path away = folder.resolve("away");
    Files.move(repository.folder(), away);

    awaitState("PROBLEM");
    JsonNode problem = source().path("problem");
    assertThat(problem.path("code").asText()).isEqualTo("SOURCE_UNREADABLE");
    assertThat(problem.path("message").asText()).contains("does not appear to be a git repository");
    awaitLooks(2);
    assertThat(orders()).containsExactly("pump@1");
    assertThat(audit("source plants"))
        .filteredOn(line -> line.startsWith("LOOK") && line.endsWith("SOURCE_UNREADABLE"))
        .hasSize(1);

    Files.move(away, repository.folder());
    awaitState("IN_STEP");
    assertThat(audit("source plants")).anyMatch(line -> line.matches("LOOK revision .* OK"));
    assertThat(orders()).containsExactly("pump@1");
  }

  @Test
  void whatAnotherHandChangedIsDriftAndIsLeftAlone() throws Exception {
    repository.commit("a/pump.yaml", app("1.0"));
    follow(OFTEN);
    awaitState("IN_STEP");

    rest.apply(app("9.9"), "{\"all\":true}");

    awaitState("DRIFTED");
    JsonNode drift = source().path("drift");
    assertThat(drift).hasSize(1);
    assertThat(drift.path(0).toString())
        .isEqualTo(
            "{\"device\":\"dev-1\",\"app\":\"pump\",\"wants\":\"pump@1\",\"runs\":\"pump@2\","
                + "\"underWay\":false}");
    awaitLooks(2);
    assertThat(orders()).containsExactly("pump@1", "pump@2");

    repository.git("rm", "--quiet", "a/pump.yaml");
    repository.commit(
        "a/web.yaml",
        app("1.0").replace("name: pump", "name: web").replace("listen: 1880", "listen: 1881"));
    await().until(() -> orders().size() == 3);
    await()
        .untilAsserted(
            () ->
                assertThat(source().path("drift").path(0).path("wants").asText())
                    .isEqualTo("nothing"));
  }

  @Test
  void aRolloutBringsTheAppBesideItAndWhatIsInTheWayIsTold() throws Exception {
    repository.commit("a/pump.yaml", app("1.0"));
    repository.commit("a/rollout.yaml", rollout("pump-1", "pump.yaml"));
    follow(OFTEN);
    awaitState("IN_STEP");
    assertThat(unit().path("unit").asText()).isEqualTo("rollout/pump-1");
    assertThat(rest.get("/api/v1/rollouts/pump-1").body().path("release").asText())
        .isEqualTo("pump@1");

    repository.commit("a/second.yaml", rollout("pump-2", "pump@7"));
    awaitState("PROBLEM");
    JsonNode second = source().path("units").path(1);
    assertThat(second.path("unit").asText()).isEqualTo("rollout/pump-2");
    assertThat(second.path("problem").path("message").asText())
        .isEqualTo("no such release: pump@7");
    assertThat(unit().has("problem")).isFalse();
    assertThat(orders()).containsExactly("pump@1");
    assertThat(audit("source plants"))
        .anyMatch(line -> line.startsWith("APPLY rollout pump-2: no such release"));
  }

  @Test
  void aWebhookHasItLookAndNothingElse() throws Exception {
    repository.commit("a/pump.yaml", app("1.0"));
    follow(HARDLY_EVER);
    awaitState("IN_STEP");
    repository.commit("a/pump.yaml", app("1.1"));
    String body = "{\"ref\":\"refs/heads/main\"}";

    assertThat(hook("plants", body, "X-Hub-Signature-256", "sha256=" + sign("wrong", body)))
        .isEqualTo(401);
    assertThat(hook("plants", body, "X-Hub-Signature-256", "sha256=" + sign(SECRET, "{}")))
        .isEqualTo(401);
    assertThat(hook("plants", body, "X-Hub-Signature-256", "sha256=zz")).isEqualTo(401);
    assertThat(hook("plants", body, "X-Other", "x")).isEqualTo(401);
    assertThat(hook("nowhere", body, "X-Hub-Signature-256", "sha256=" + sign(SECRET, body)))
        .isEqualTo(401);
    assertThat(orders()).containsExactly("pump@1");

    assertThat(hook("plants", body, "X-Hub-Signature-256", "sha256=" + sign(SECRET, body)))
        .isEqualTo(202);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> orders().equals(List.of("pump@1", "pump@2")));

    repository.commit("a/pump.yaml", app("1.2"));
    assertThat(hook("plants", body, "X-Gitea-Signature", sign(SECRET, body))).isEqualTo(202);
    await().atMost(Duration.ofSeconds(20)).until(() -> orders().size() == 3);
    assertThat(audit("nobody")).hasSize(5);
    assertThat(audit("webhook")).containsOnly("POST /hooks/plants look at source plants OK");
  }

  @Test
  void aDeliveryThatIsRepeatedIsOneRecordForEachLook() throws Exception {
    repository.commit("a/pump.yaml", app("1.0"));
    follow(HARDLY_EVER);
    awaitState("IN_STEP");
    String body = "{}";

    for (int i = 0; i < 200; i++) {
      assertThat(hook("plants", body, "X-Gitea-Signature", sign(SECRET, body))).isEqualTo(202);
    }

    assertThat(audit("webhook")).hasSizeLessThan(20); // a look every 5 s
  }

  @Test
  void webhooksThatNeverEndKeepNobodyElseWaiting() throws Exception {
    repository.commit("a/pump.yaml", app("1.0"));
    follow(HARDLY_EVER);
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), controller.httpPort());
        slow.add(socket);
        String head =
            "POST /hooks/plants HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
                + "X-Gitea-Signature: 00\r\n\r\n{";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      }
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> hook("plants", "{}", "X-Gitea-Signature", "00") == 429);

      assertThat(rest.get("/api/v1/sources").body()).hasSize(1);
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> hook("plants", "{}", "X-Gitea-Signature", sign(SECRET, "{}")) == 202);
  }

  @Test
  void whoAsksForASourceThatIsNotThereIsTold() throws Exception {
    repository.commit("a/pump.yaml", app("1.0"));
    follow(OFTEN);

    assertThat(rest.get("/api/v1/sources/nope").code()).isEqualTo("NOT_FOUND");
    assertThat(rest.get("/api/v1/sources/NOPE").code()).isEqualTo("BAD_REQUEST");
    assertThat(rest.get("/api/v1/sources").body()).hasSize(1);
  }

  /** SQLite, unless a test wants another one. */
  Optional<ControllerConfig.Store> store() throws Exception {
    return Optional.empty();
  }

  private void follow(Duration interval) throws Exception {
    SourceConfig source =
        new SourceConfig(
            new Source.Settings(
                new SourceName("plants"),
                Optional.of(new RolloutTarget(List.of(), Map.of(), true)),
                interval),
            Optional.of(
                new GitReader.Settings(
                    URI.create(repository.url()), "main", "a", Optional.empty())),
            Optional.empty(),
            Optional.of(folder.resolve("secret")));
    ControllerConfig config =
        new ControllerConfig(
            folder.resolve("state"),
            folder.resolve("trust"),
            store(),
            InetSocketAddress.createUnresolved("127.0.0.1", 0),
            Optional.empty(),
            Optional.of(URI.create("ssl://loopback:1")),
            Optional.empty(),
            Set.of(),
            List.of(source));
    controller =
        Controller.start(
            config, (uri, trust) -> broker.transport("controller"), InstantSource.system());
    rest =
        new Rest(
            controller.httpPort(),
            Files.readString(folder.resolve("trust/controller/token")).strip());
    await().until(() -> broker.isConnected("controller"));
    device.connect();
  }

  private JsonNode source() {
    return rest.get("/api/v1/sources/plants").body();
  }

  private JsonNode unit() {
    return source().path("units").path(0);
  }

  private void awaitState(String state) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> assertThat(source().path("state").asText()).as("%s", source()).isEqualTo(state));
  }

  /** It has looked again so often. */
  private void awaitLooks(int count) {
    for (int i = 0; i < count; i++) {
      String last = source().path("lookedAt").asText();
      await().until(() -> !source().path("lookedAt").asText().equals(last));
    }
  }

  /** What the device was told to run, one by one. */
  private List<String> orders() {
    return device.orders.stream()
        .map(order -> ((Order.Run) order.action()).revision().release().toString())
        .toList();
  }

  private List<String> audit(String actor) {
    List<String> lines = new ArrayList<>();
    for (JsonNode entry : rest.get("/api/v1/audit?limit=500").body()) {
      if (entry.path("actor").asText().equals(actor)) {
        lines.add(
            entry.path("action").asText()
                + " "
                + entry.path("object").asText()
                + " "
                + entry.path("outcome").asText());
      }
    }
    return lines;
  }

  private int hook(String name, String body, String header, String signature) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + controller.httpPort() + "/hooks/" + name))
            .header(header, signature)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    return rest.client().send(request, BodyHandlers.discarding()).statusCode();
  }

  private static String sign(String secret, String body) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
  }

  private String app(String tag) {
    return SomeApps.yaml(registry.image("pump", tag));
  }

  private static String rollout(String name, String app) {
    return "apiVersion: bumpless.dev/v1\nkind: Rollout\nname: %s\napp: %s\ntarget: { all: true }\n"
        .formatted(name, app);
  }
}
