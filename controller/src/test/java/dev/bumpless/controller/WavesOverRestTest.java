package dev.bumpless.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bumpless.controller.Rest.Reply;
import dev.bumpless.controller.enrol.Init;
import dev.bumpless.controller.link.SimulatedDevice;
import dev.bumpless.controller.registry.FakeRegistryServer;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.ManifestText;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.UpdateLease;
import dev.bumpless.transport.LoopbackBroker;
import dev.bumpless.trust.Root;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rollouts in waves over real HTTP and a real store; devices and broker are simulated. */
class WavesOverRestTest {
  private static final List<DeviceId> IDS =
      List.of(new DeviceId("dev-1"), new DeviceId("dev-2"), new DeviceId("dev-3"));
  private static final String CANARY =
      "waves: [ { devices: 1, then: approve }, { percent: 100 } ]\n";

  @TempDir private Path folder;
  private final MessageCodec codec = new MessageCodec(new ManifestText());
  private final LoopbackBroker broker = new LoopbackBroker();
  private final Map<DeviceId, SimulatedDevice> devices = new TreeMap<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private FakeRegistryServer registry;
  private Controller controller;
  private Rest rest;

  @BeforeEach
  void start() throws Exception {
    registry = new FakeRegistryServer();
    open.add(registry);
    Init.run(folder.resolve("trust"), IDS, List.of(), Instant.now());
    startController();
    for (DeviceId id : IDS) {
      Root root = codec.decode(Files.readAllBytes(folder.resolve("trust/root.json")), Root.class);
      SimulatedDevice device = new SimulatedDevice(id, broker.transport(id.value()), codec, root);
      open.add(device);
      devices.put(id, device);
      device.connect();
    }
    await().until(() -> IDS.stream().allMatch(this::isOnline));
  }

  @AfterEach
  void stop() throws Exception {
    controller.close();
    for (AutoCloseable resource : open) {
      resource.close();
    }
  }

  @Test
  void aRolloutWaitsForItsApprovalAndGoesOn() {
    Reply asked = apply(CANARY, Map.of());

    assertThat(asked.status()).as("%s", asked.body()).isEqualTo(202);
    await().until(() -> wave(1).path("settledAt").isTextual());
    assertThat(orders()).containsExactly(1, 0, 0);
    assertThat(row(1).path("message").asText()).contains("waits for approval");
    assertThat(rest.get("/api/v1/rollouts/pump").body().path("course").path("name").asText())
        .isEqualTo("pump-2");

    assertThat(steer("approve").status()).isEqualTo(202);

    await().until(() -> rollout().path("done").asBoolean());
    assertThat(orders()).containsExactly(1, 1, 1);
    assertThat(rollout().path("succeeded").asBoolean()).isTrue();
    assertThat(rollout().path("course").path("state").asText()).isEqualTo("FINISHED");
    assertThat(steer("pause").code()).isEqualTo("CONFLICT");
  }

  @Test
  void aDeviceThatWaitsForALeaseSaysSoAndIsForcedAndThatIsAudited() {
    SimulatedDevice first = devices.get(IDS.get(0));
    first.follow(order -> List.of(order.waitsForNobody() ? Phase.COMMITTED : Phase.WAITING));
    apply(CANARY, Map.of());
    await().until(() -> row(0).path("message").asText().equals("it is WAITING"));

    assertThat(force("{\"target\":{\"devices\":[\"dev-2\"]}}").code()).isEqualTo("CONFLICT");
    assertThat(force("{\"target\":{\"devices\":[\"dev-9\"]}}").code()).isEqualTo("NOT_FOUND");
    assertThat(force("{}").code()).isEqualTo("BAD_REQUEST");
    assertThat(orders()).containsExactly(1, 0, 0);
    Reply forced = force("{\"target\":{\"devices\":[\"dev-1\"]}}");

    assertThat(forced.status()).as("%s", forced.body()).isEqualTo(202);
    await().until(() -> row(0).path("phase").asText().equals("COMMITTED"));
    assertThat(orders()).containsExactly(2, 0, 0);
    assertThat(force("{\"target\":{\"all\":true}}").code()).isEqualTo("CONFLICT");
    assertThat(rest.get("/api/v1/audit").body().toString())
        .contains("force rollout pump-2 on dev-1")
        .contains("POST /api/v1/rollouts/pump-2/force");
  }

  @Test
  void whoWaitsForItsWindowHearsOfAnAbort() {
    devices
        .values()
        .forEach(
            device ->
                device.follow(
                    order ->
                        List.of(order.cancelled().isPresent() ? Phase.CANCELLED : Phase.WAITING)));
    apply("window: { at: \"2099-01-04T02:00\", length: 2h }\n", Map.of());
    await().until(() -> IDS.stream().allMatch(id -> devices.get(id).orders.size() == 1));
    await().until(() -> row(0).path("message").asText().equals("it is WAITING"));
    assertThat(devices.get(IDS.get(0)).orders.get(0).opening().orElseThrow().from())
        .isEqualTo(Instant.parse("2099-01-04T02:00:00Z"));
    assertThat(desired().path("opens").asText()).isEqualTo("2099-01-04T02:00:00Z");
    assertThat(desired().path("closes").asText()).isEqualTo("2099-01-04T04:00:00Z");

    assertThat(steer("abort").status()).isEqualTo(202);

    await().until(() -> rollout().path("done").asBoolean());
    assertThat(orders()).containsExactly(2, 2, 2);
    assertThat(row(0).path("phase").asText()).isEqualTo("CANCELLED");
    assertThat(row(0).path("message").asText()).isEqualTo("the rollout is ABORTED: by hand");
    assertThat(desired().path("cancelled").asText()).isEqualTo("the rollout is ABORTED: by hand");
    assertThat(desired().has("opens")).isFalse();
  }

  private JsonNode desired() {
    return rest.get("/api/v1/devices/dev-1").body().path("desired").path(0);
  }

  private Reply force(String body) {
    return rest.post("/api/v1/rollouts/pump-2/force", body);
  }

  @Test
  void aDeviceIsDescribedWithWhatIsDesiredBesideWhatItReports() {
    devices
        .get(IDS.get(0))
        .leasing(new UpdateLease("batch-7", Optional.empty(), "filling", Instant.now()));
    apply(CANARY, Map.of());
    await().until(() -> row(0).path("phase").asText().equals("COMMITTED"));

    JsonNode device = rest.get("/api/v1/devices/dev-1").body();

    assertThat(device.path("inventory").path("engineVersion").asText()).isEqualTo("20.10.24");
    assertThat(device.path("leases").path(0).path("owner").asText()).isEqualTo("batch-7");
    JsonNode desired = device.path("desired").path(0);
    assertThat(desired.path("generation").asLong()).isEqualTo(1);
    assertThat(desired.path("reported").asLong()).isEqualTo(1);
    assertThat(desired.path("release").asText()).isEqualTo("pump@1");
    assertThat(desired.path("held").asBoolean()).isTrue();
    assertThat(device.path("apps").path(0).path("generation").asLong()).isEqualTo(1);
    assertThat(device.path("apps").path(0).path("images").path("main").asText())
        .contains("@sha256:");
    assertThat(rest.get("/api/v1/devices/dev-2").body().path("desired")).isEmpty();
  }

  @Test
  void aFailurePausesItAndARetryGoesOn() {
    SimulatedDevice first = devices.get(IDS.get(0));
    first.follow(order -> List.of(Phase.ROLLED_BACK));
    apply("waves: [ { devices: 1 }, { percent: 100 } ]\n", Map.of());

    await().until(() -> state().equals("PAUSED"));
    assertThat(rollout().path("course").path("reason").asText())
        .isEqualTo("1 failed, at most 0 may");
    assertThat(orders()).containsExactly(1, 0, 0);

    first.follow(order -> List.of(Phase.COMMITTED));
    steer("retry");

    await().until(() -> rollout().path("done").asBoolean());
    assertThat(orders()).containsExactly(2, 1, 1);
  }

  @Test
  void aControllerThatIsKilledBetweenTwoWavesGoesOnWhereItWas() throws Exception {
    apply("waves: [ { devices: 1, after: 3s }, { percent: 100 } ]\n", Map.of());
    await().until(() -> row(0).path("phase").asText().equals("COMMITTED"));
    controller.close();
    broker.restart();
    startController();
    for (SimulatedDevice device : devices.values()) {
      device.connect();
    }

    await().until(() -> rollout().path("done").asBoolean());
    assertThat(orders()).containsExactly(1, 1, 1);
  }

  @Test
  void aDryRunTellsWhoWouldGoWhenAndChangesNothing() {
    Reply preview = apply(CANARY, Map.of("dryRun", true));

    assertThat(preview.status()).isEqualTo(200);
    assertThat(preview.body().path("release").asText()).isEqualTo("pump@new");
    assertThat(preview.body().path("devices"))
        .extracting(row -> row.path("wave").asInt())
        .containsExactly(1, 2, 2);
    assertThat(rest.get("/api/v1/rollouts").body()).isEmpty();
    assertThat(rest.get("/api/v1/apps").body()).isEmpty();
  }

  @Test
  void theAuditTellsADryRunFromAStart() {
    apply(CANARY, Map.of("dryRun", true));
    apply(CANARY, Map.of());

    assertThat(rest.get("/api/v1/audit").body())
        .extracting(entry -> entry.path("object").asText())
        .containsExactlyInAnyOrder("preview of rollout pump-2", "rollout pump-2");
  }

  @Test
  void aDryRunThatSupersedesTellsNoConflict() {
    apply(CANARY, Map.of());

    JsonNode refused = apply("deadline: 9m\n", Map.of("dryRun", true)).body();
    assertThat(refused.path("conflict").asText()).isEqualTo("another rollout pump-2 is RUNNING");
    assertThat(refused.path("hint").asText())
        .isEqualTo(
            "end it with `bumpless rollout abort pump-2`, give this one another name, or take over"
                + " with --supersede");
    assertThat(apply(CANARY, Map.of("dryRun", true, "supersede", true)).body().has("conflict"))
        .isFalse();
  }

  @Test
  void aDryRunTellsWhereThePreflightFailsAndWhatToDo() {
    rest.apply(app(1890).replace("name: pump", "name: valve"), "{\"devices\":[\"dev-2\"]}");

    JsonNode rows = apply(CANARY, Map.of("dryRun", true)).body().path("devices");

    assertThat(rows.path(1).path("problem").asText())
        .isEqualTo("port 1890 of pump is taken on dev-2 by app valve");
    assertThat(rows.path(1).path("hint").asText())
        .isEqualTo("listen on another port or address, or delete the other app there first");
    assertThat(rows.path(0).has("hint")).isFalse();
    assertThat(apply(CANARY, Map.of()).code()).isEqualTo("CONFLICT");
  }

  @Test
  void aDryRunTellsWhichDeviceLacksMemoryAndAStartIsNotRefusedForIt() {
    devices.get(IDS.get(1)).hasMemory(100L << 20);
    await()
        .until(
            () ->
                rest.get("/api/v1/devices/dev-2")
                        .body()
                        .path("inventory")
                        .path("availableMemoryBytes")
                        .asLong()
                    == 100L << 20);

    JsonNode rows = apply(CANARY, Map.of("dryRun", true)).body().path("devices");

    assertThat(rows.path(1).path("shortage").asText())
        .startsWith("by its report of 20")
        .contains("1 instance(s) of pump beside what serves need 128 MiB of memory")
        .contains("100 MiB are available");
    assertThat(rows.path(1).has("problem")).isFalse();
    assertThat(rows.path(0).has("shortage")).isFalse();
    assertThat(apply(CANARY, Map.of()).status()).isEqualTo(202);
  }

  @Test
  void aDryRunOfWhatRunsTellsThatNothingWouldBeStarted() {
    String running = apply(CANARY, Map.of()).body().path("id").asText();

    JsonNode preview = apply(CANARY, Map.of("dryRun", true)).body();

    assertThat(preview.path("running").asText()).isEqualTo(running);
    assertThat(preview.path("release").asText()).isEqualTo("pump@1");
    assertThat(preview.has("conflict")).isFalse();
    assertThat(apply(CANARY, Map.of()).body().path("id").asText()).isEqualTo(running);
  }

  @Test
  void whatElseIsAskedForMeanwhileIsRefusedAndNamesTheRollout() {
    apply(CANARY, Map.of());

    Reply refused = rest.apply(app(1881), "{\"all\":true}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body().toString())
        .contains("rollout pump-2 is RUNNING and has app pump on device dev-")
        .contains("or take its devices with --supersede");
    assertThat(
            rest.post(
                    "/api/v1/rollouts",
                    "{\"action\":\"restart\",\"app\":\"pump\",\"supersede\":true}")
                .status())
        .isEqualTo(202);
  }

  @Test
  void anUndoOfItsNameEndsItAndTakesItBack() {
    rest.apply(app(1880), "{\"all\":true}");
    await().until(() -> rest.get("/api/v1/apps/pump/status").body().path("done").asBoolean());
    apply(CANARY, Map.of());
    await().until(() -> wave(1).path("settledAt").isTextual());

    Reply back = rest.post("/api/v1/rollouts", "{\"action\":\"undo\",\"app\":\"pump-2\"}");

    assertThat(back.status()).as("%s", back.body()).isEqualTo(202);
    assertThat(back.body().path("devices")).hasSize(1);
    assertThat(back.body().path("release").asText()).isEqualTo("pump@1");
    await().until(() -> rollout().path("done").asBoolean());
    assertThat(state()).isEqualTo("ABORTED");
  }

  @Test
  void anUndoOfARolloutTakesNoDevicesOfOthers() {
    rest.apply(app(1880), "{\"all\":true}");
    await().until(() -> rest.get("/api/v1/apps/pump/status").body().path("done").asBoolean());
    apply(CANARY, Map.of());
    await().until(() -> wave(1).path("settledAt").isTextual());

    Reply refused =
        rest.post(
            "/api/v1/rollouts", "{\"action\":\"undo\",\"app\":\"pump-2\",\"supersede\":true}");

    assertThat(refused.code()).isEqualTo("BAD_REQUEST");
    assertThat(refused.body().toString())
        .contains("supersede does not go with the undo of rollout pump-2, which is in waves")
        .contains("end the rollout that has its devices with `bumpless rollout abort`");
    assertThat(state()).isEqualTo("RUNNING");
  }

  @Test
  void whatIsNoDeviceIsToldByEachWayInAndNothingIsSent() {
    apply(CANARY, Map.of());
    await().until(() -> wave(1).path("settledAt").isTextual());
    List<Integer> sent = orders();

    for (String name : List.of("*", "+", "#", "gw-*", "gw+", "gw#", "gw/1", "/", "DEV-1", "")) {
      refuseAsATarget(name);
    }
    for (String name : List.of("*", "+", "#", "gw-*", "gw+", "gw#", "gw/1", "/", "DEV-1")) {
      refuseInAPath(name);
    }

    assertThat(orders()).isEqualTo(sent);
    assertThat(rest.get("/api/v1/rollouts").body()).hasSize(1);
  }

  private void refuseAsATarget(String name) {
    String target = "{\"devices\":[\"" + name + "\"]}";
    assertNoDevice(name, rest.apply(app(1881), target));
    for (String action : List.of("restart", "stop", "start", "delete", "undo")) {
      String body = "{\"action\":\"%s\",\"app\":\"pump\",\"target\":%s}".formatted(action, target);
      assertNoDevice(name, rest.post("/api/v1/rollouts", body));
    }
    assertNoDevice(name, force("{\"target\":" + target + "}"));
  }

  private void refuseInAPath(String name) {
    String path = "/api/v1/devices/" + encoded(name);
    assertNoPath(name, rest.get(path));
    assertNoPath(name, rest.put(path + "/labels", "{\"site\":\"a\"}"));
    assertNoPath(name, rest.get(path + "/apps/pump/logs"));
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8);
  }

  private static void assertNoDevice(String name, Reply reply) {
    assertThat(reply.code()).isEqualTo("BAD_REQUEST");
    assertThat(reply.body().toString())
        .contains("'" + name + "' is no device id: 1 to 63 of a-z, 0-9 and '-', not '-' first");
  }

  /** A slash in a segment of a path is refused by the server of HTTP itself. */
  private static void assertNoPath(String name, Reply reply) {
    if (name.contains("/")) {
      assertThat(reply.code()).isIn("BAD_REQUEST", "NOT_FOUND");
      assertThat(reply.body().path("error").path("message").asText()).isNotBlank();
    } else {
      assertNoDevice(name, reply);
    }
  }

  @Test
  void aWildcardElsewhereMeansNobody() {
    for (String name : List.of("*", "+", "#")) {
      String labels = "{\"" + name + "\":\"a\"}";
      assertThat(rest.apply(app(1880), "{\"labels\":{\"site\":\"" + name + "\"}}").code())
          .isEqualTo("NO_TARGET");
      assertThat(rest.put("/api/v1/devices/dev-1/labels", labels).code()).isEqualTo("BAD_REQUEST");
      assertThat(rest.get("/api/v1/rollouts/" + encoded(name)).code()).isEqualTo("NOT_FOUND");
      assertThat(rest.post("/api/v1/rollouts/" + encoded(name) + "/abort", "{}").code())
          .isEqualTo("NOT_FOUND");
      assertThat(rest.get("/api/v1/rollouts?app=" + encoded(name)).code()).isEqualTo("BAD_REQUEST");
    }
    assertThat(orders()).containsExactly(0, 0, 0);
  }

  @Test
  void whatIsWrongIsToldAndNothingIsSent() {
    assertThat(apply("waves: [ { percent: 50 } ]\n", Map.of()).code())
        .isEqualTo("INVALID_MANIFEST");
    assertThat(apply("window: { at: \"2020-01-01T00:00\", length: 1h }\n", Map.of()).code())
        .isEqualTo("BAD_REQUEST");
    assertThat(rest.apply(rollout("pump@9", ""), "{\"all\":true}").code()).isEqualTo("BAD_REQUEST");
    assertThat(post(rollout("pump@9", ""), Map.of()).code()).isEqualTo("NOT_FOUND");
    assertThat(post(rollout("pump.yaml", ""), Map.of()).code()).isEqualTo("BAD_REQUEST");
    assertThat(
            post(rollout("pump.yaml", ""), Map.of("appManifest", "kind: App\nname: pump\n"))
                .body()
                .toString())
        .contains("pump.yaml")
        .contains("'containers' is missing");
    assertThat(
            post(rollout("pump@1", "").replace("{ all: true }", "{ devices: [ \"#\" ] }"), Map.of())
                .code())
        .isEqualTo("INVALID_MANIFEST");
    assertThat(post(app(1880), Map.of("dryRun", true)).code()).isEqualTo("BAD_REQUEST");
    assertThat(steer("pause").code()).isEqualTo("NOT_FOUND");
    assertThat(orders()).containsExactly(0, 0, 0);
    assertThat(rest.get("/api/v1/rollouts").body()).isEmpty();
  }

  @Test
  void whatIsWrongIsToldInTheWordsOfTheManual() {
    assertThat(apply("waves: [ { percent: 50 } ]\n", Map.of()).body().toString())
        .contains("the waves do not add up: the last one reaches 50 % (end with { percent: 100 })");
    assertThat(
            apply("window: { at: \"2020-01-01T00:00\", length: 1h }\n", Map.of()).body().toString())
        .contains("the window of rollout pump-2 is in the past")
        .contains("correct window.at, or take a cron that comes again");
    assertThat(post(rollout("pump@9", ""), Map.of()).body().toString())
        .contains("no such release: pump@9")
        .contains("see `bumpless rollout history pump`");
    String wildcard = rollout("pump@1", "").replace("all: true", "devices: [ \"gw-*\" ]");
    assertThat(post(wildcard, Map.of()).body().toString())
        .contains("'gw-*' is not a device, 1 to 63 of a-z, 0-9 and '-' (no wildcards)");
  }

  private void startController() throws IOException {
    ControllerConfig config =
        new ControllerConfig(
            folder.resolve("state"),
            folder.resolve("trust"),
            Optional.empty(),
            InetSocketAddress.createUnresolved("127.0.0.1", 0),
            Optional.empty(),
            Optional.of(URI.create("ssl://loopback:1")),
            Optional.empty(),
            Set.of(),
            List.of());
    controller =
        Controller.start(
            config, (uri, trust) -> broker.transport("controller"), InstantSource.system());
    rest =
        new Rest(
            controller.httpPort(),
            Files.readString(folder.resolve("trust/controller/token")).strip());
    await().until(() -> broker.isConnected("controller"));
  }

  private boolean isOnline(DeviceId id) {
    return rest.get("/api/v1/devices/" + id).body().path("online").asBoolean();
  }

  private Reply apply(String more, Map<String, Object> keys) {
    Map<String, Object> all = new TreeMap<>(keys);
    all.put("appManifest", app(1890));
    return post(rollout("pump.yaml", more), all);
  }

  private Reply post(String manifest, Map<String, Object> keys) {
    ObjectNode body =
        rest.json().createObjectNode().put("action", "apply").put("manifest", manifest);
    keys.forEach(body::putPOJO);
    return rest.post("/api/v1/rollouts", body.toString());
  }

  private Reply steer(String verb) {
    return rest.post("/api/v1/rollouts/pump-2/" + verb, "{}");
  }

  private JsonNode rollout() {
    return rest.get("/api/v1/rollouts/pump-2").body();
  }

  private String state() {
    return rollout().path("course").path("state").asText();
  }

  private JsonNode wave(int number) {
    return rollout().path("course").path("waves").path(number - 1);
  }

  private JsonNode row(int index) {
    return rollout().path("devices").path(index);
  }

  private List<Integer> orders() {
    return devices.values().stream()
        .map(
            device ->
                (int)
                    device.orders.stream()
                        .filter(order -> isOfRollout(order.id().toString()))
                        .count())
        .toList();
  }

  private boolean isOfRollout(String id) {
    return rollout().path("id").asText().equals(id);
  }

  private static String rollout(String app, String more) {
    return "apiVersion: bumpless.dev/v1\nkind: Rollout\nname: pump-2\napp: "
        + app
        + "\ntarget: { all: true }\n"
        + more;
  }

  private String app(int port) {
    return SomeApps.yaml(registry.image("pump", "1.0"), port);
  }
}
