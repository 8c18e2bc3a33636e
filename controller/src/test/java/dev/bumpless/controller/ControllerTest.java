package dev.bumpless.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bumpless.controller.Rest.Reply;
import dev.bumpless.controller.enrol.Init;
import dev.bumpless.controller.enrol.Tokens;
import dev.bumpless.controller.link.SimulatedDevice;
import dev.bumpless.controller.registry.FakeRegistryServer;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.LogQuery;
import dev.bumpless.protocol.ManifestText;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Presence;
import dev.bumpless.protocol.Topics;
import dev.bumpless.transport.LoopbackBroker;
import dev.bumpless.trust.Root;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole controller over real HTTP; devices and broker are simulated, everything else is not.
 */
class ControllerTest {
  private static final DeviceId ONE = new DeviceId("dev-1");
  private static final DeviceId TWO = new DeviceId("dev-2");
  private static final String ON_ONE = "{\"devices\":[\"dev-1\"]}";
  private static final String ALL = "{\"all\":true}";

  @TempDir private Path folder;
  private final MessageCodec codec = new MessageCodec(new ManifestText());
  private final LoopbackBroker broker = new LoopbackBroker();
  private final List<AutoCloseable> open = new ArrayList<>();
  private FakeRegistryServer registry;
  private Controller controller;
  private Rest rest;

  @BeforeEach
  void start() throws Exception {
    registry = new FakeRegistryServer();
    open.add(registry);
    Init.run(folder.resolve("trust"), List.of(ONE, TWO), List.of(), Instant.now());
    startController();
  }

  @AfterEach
  final void stop() throws Exception {
    controller.close();
    for (AutoCloseable resource : open) {
      resource.close();
    }
  }

  @Test
  void anApplyTravelsToTheDeviceAndItsReportsBack() throws Exception {
    SimulatedDevice one = device(ONE);

    Reply asked = rest.apply(manifest("1.0", 1880), ON_ONE);

    assertThat(asked.status()).isEqualTo(202);
    JsonNode done = awaitDone(asked);
    assertThat(done.path("succeeded").asBoolean()).isTrue();
    assertThat(done.path("release").asText()).isEqualTo("pump@1");
    JsonNode row = done.path("devices").path(0);
    assertThat(row.path("device").asText()).isEqualTo("dev-1");
    assertThat(row.path("phase").asText()).isEqualTo("COMMITTED");
    assertThat(row.path("serving").asText()).isEqualTo("pump@1");
    assertThat(row.path("slot").asText()).isEqualTo("green");
    assertThat(row.path("gapMs").asDouble()).isEqualTo(3.1);
    assertThat(row.path("holdMs").asDouble()).isEqualTo(1.4);
    assertThat(row.path("wayBack").asText()).isEqualTo("open");
    JsonNode told = rest.get("/api/v1/devices/dev-1").body().path("apps").path(0);
    assertThat(told.path("wayBack").asText()).isEqualTo("open");
    assertThat(row.path("steps").path(0).path("name").asText()).isEqualTo("PULLING");
    assertThat(row.path("steps").path(0).path("ms").asDouble()).isEqualTo(812);
    assertThat(row.path("online").asBoolean()).isTrue();
    assertThat(one.doubts).isEmpty();
    await().untilAsserted(() -> assertThat(one.acks).isNotEmpty());
  }

  @Test
  void theNextApplySetImageUndoRestartStopStartAndDelete() throws Exception {
    SimulatedDevice one = device(ONE);
    registry.image("pump", "2.0");
    awaitDone(rest.apply(manifest("1.0", 1880), ON_ONE));

    awaitDone(act("setImage", ",\"images\":{\"main\":\"" + registry.host() + "/pump:2.0\"}"));
    awaitDone(act("undo", ""));
    awaitDone(act("restart", ""));
    awaitDone(act("stop", ""));
    awaitDone(act("start", ""));
    awaitDone(act("delete", ""));

    assertThat(one.orders)
        .extracting(ControllerTest::brief)
        .containsExactly(
            "pump@1#1", "pump@2#1", "pump@1#1", "pump@1#2", "Stop", "pump@1#2", "Delete");
    assertThat(one.orders).extracting(Order::sequence).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    assertThat(rest.get("/api/v1/rollouts?app=pump&limit=3").body())
        .extracting(rollout -> rollout.path("action").asText())
        .containsExactly("delete", "start", "stop");
    assertThat(rest.get("/api/v1/apps/pump/releases").body())
        .extracting(release -> release.path("id").asText() + " " + release.path("cause").asText())
        .containsExactly(
            "pump@2 set image pump main=" + registry.host() + "/pump:2.0", "pump@1 apply pump");
  }

  @Test
  void anOrderAndAReportThatGetLostAreSaidAgain() throws Exception {
    SimulatedDevice one = device(ONE);
    broker.lose(topic -> topic.equals(new Topics(ONE).order()));
    Reply asked = rest.apply(manifest("1.0", 1880), ON_ONE);
    await()
        .untilAsserted(
            () ->
                assertThat(row(asked).path("message").asText())
                    .isEqualTo("the order is on its way"));

    broker.lose(topic -> false);

    awaitDone(asked);
    assertThat(one.orders).hasSize(1);
  }

  @Test
  void messagesThatComeTwiceChangeNothing() throws Exception {
    SimulatedDevice one = device(ONE);
    broker.deliverTwice(topic -> true);

    awaitDone(rest.apply(manifest("1.0", 1880), ON_ONE));

    assertThat(one.orders).hasSize(1);
  }

  @Test
  void aDeviceThatIsAwayGetsItsOrderWhenItIsBack() throws Exception {
    Reply asked = rest.apply(manifest("1.0", 1880), ON_ONE);

    assertThat(asked.status()).isEqualTo(202);
    assertThat(row(asked).path("phase").asText()).isEqualTo("WAITING");
    assertThat(row(asked).path("message").asText()).startsWith("never heard of");
    assertThat(row(asked).path("online").asBoolean()).isFalse();

    SimulatedDevice one = device(ONE);
    awaitDone(asked);
    broker.cut("dev-1");
    await().untilAsserted(() -> assertThat(online("dev-1")).isFalse());
    Reply next = rest.apply(manifest("1.0", 1881), ON_ONE);
    assertThat(row(next).path("message").asText()).startsWith("offline since ");

    one.connect();
    awaitDone(next);
    assertThat(one.orders).hasSize(2);
  }

  @Test
  void aControllerThatRestartsGoesOnWhereItWas() throws Exception {
    SimulatedDevice one = device(ONE);
    awaitDone(rest.apply(manifest("1.0", 1880), ON_ONE));
    one.close();
    Reply asked = rest.apply(manifest("1.0", 1881), ON_ONE);
    controller.close();
    broker.restart();

    startController();

    assertThat(online("dev-1")).isFalse();
    SimulatedDevice again = device(ONE);
    awaitDone(asked);
    assertThat(again.orders).extracting(Order::sequence).contains(2L);
    awaitDone(rest.apply(manifest("1.0", 1882), ON_ONE));
    assertThat(row(rest.get("/api/v1/apps/pump/status")).path("release").asText())
        .isEqualTo("pump@3");
  }

  @Test
  void aDeviceThatLostItsMemoryIsToldAgain() throws Exception {
    SimulatedDevice one = device(ONE);
    awaitDone(rest.apply(manifest("1.0", 1880), ON_ONE));

    one.forgetEverything();
    one.ask();

    await().untilAsserted(() -> assertThat(one.orders).hasSize(2));
  }

  @Test
  void aLateWillOfAnEarlierLifeDoesNotMarkADeviceDead() throws Exception {
    SimulatedDevice one = device(ONE);
    one.say(
        new Topics(ONE).presence(),
        codec.encode(new Presence(ONE, UUID.randomUUID(), 1, false, 0)));
    awaitDone(rest.apply(manifest("1.0", 1880), ON_ONE));

    assertThat(online("dev-1")).isTrue();
  }

  @Test
  void nobodyIsBelievedWhoSpeaksForAnother() throws Exception {
    SimulatedDevice one = device(ONE);
    one.say(new Topics(ONE).presence(), codec.encode(new Presence(TWO, one.boot(), 1, true, 0)));
    one.say(new Topics(ONE).report(), "{\"nonsense\":".getBytes(StandardCharsets.UTF_8));
    awaitDone(rest.apply(manifest("1.0", 1880), ON_ONE));

    assertThat(online("dev-2")).isFalse();
  }

  @Test
  void progressOfAPullIsShownWhileItLasts() throws Exception {
    SimulatedDevice one = device(ONE);
    one.follow(order -> List.of(Phase.PULLING));
    Reply asked = rest.apply(manifest("1.0", 1880), ON_ONE);

    await()
        .untilAsserted(
            () -> assertThat(row(asked).path("pull").path("totalBytes").asInt()).isEqualTo(40));
    assertThat(row(asked).path("phase").asText()).isEqualTo("PULLING");
  }

  @Test
  void whatFailsOnADeviceFailsTheRolloutAndApplyingItAgainIsANewAttempt() throws Exception {
    SimulatedDevice one = device(ONE);
    one.follow(order -> List.of(Phase.PROBING, Phase.ROLLED_BACK));
    JsonNode failed = awaitDone(rest.apply(manifest("1.0", 1880), ON_ONE));
    assertThat(failed.path("succeeded").asBoolean()).isFalse();

    one.follow(order -> List.of(Phase.COMMITTED));
    awaitDone(rest.apply(manifest("1.0", 1880), ON_ONE));

    assertThat(one.orders)
        .extracting(ControllerTest::brief)
        .containsExactly("pump@1#1", "pump@1#2");
  }

  @Test
  void devicesAndAppsTellWhatThereIs() throws Exception {
    device(ONE);
    awaitDone(rest.apply(manifest("1.0", 1880), ON_ONE));
    rest.put("/api/v1/devices/dev-1/labels", "{\"site\":\"plant-a\"}");

    JsonNode device = rest.get("/api/v1/devices/dev-1").body();
    assertThat(device.path("online").asBoolean()).isTrue();
    assertThat(device.path("labels").path("site").asText()).isEqualTo("plant-a");
    assertThat(device.path("inventory").path("platform").asText()).isEqualTo("linux/amd64");
    assertThat(device.path("apps").path(0).path("serving").asText()).isEqualTo("pump@1");
    assertThat(device.path("apps").path(0).path("containers").path("0/main").asText())
        .isEqualTo("running");
    assertThat(rest.get("/api/v1/devices").body()).hasSize(2);

    JsonNode app = rest.get("/api/v1/apps/pump").body();
    assertThat(app.path("manifest").asText()).contains("name: pump").contains("pump:1.0");
    assertThat(app.path("devices").path(0).path("serving").asText()).isEqualTo("pump@1");
    assertThat(app.path("devices").path(0).path("wayBack").asText()).isEqualTo("open");
    assertThat(rest.get("/api/v1/apps").body().path(0).path("name").asText()).isEqualTo("pump");
  }

  @Test
  void aDiffShowsWhatAnApplyWouldChangeAndChangesNothing() throws Exception {
    device(ONE);
    awaitDone(rest.apply(manifest("1.0", 1880), ON_ONE));

    JsonNode same = diff(manifest("1.0", 1880));
    JsonNode other = diff(manifest("1.0", 1881));

    assertThat(same.path("changed").asBoolean()).isFalse();
    assertThat(other.path("changed").asBoolean()).isTrue();
    assertThat(other.path("diff").asText()).contains("--- pump@1").contains("1881");
    assertThat(rest.get("/api/v1/apps/pump/releases").body()).hasSize(1);
  }

  @Test
  void logsAreStreamedAndAHoleIsTold() throws Exception {
    SimulatedDevice one = device(ONE);
    awaitDone(rest.apply(manifest("1.0", 1880), ON_ONE));

    HttpResponse<InputStream> log =
        rest.stream("/api/v1/devices/dev-1/apps/pump/logs?tail=7&slot=blue");

    assertThat(text(log))
        .isEqualTo("first line\n[bumpless: 1 pieces of the log were lost here]\nthird line\n");
    LogQuery question = one.questions.get(0);
    assertThat(question.tail()).isEqualTo(7);
    assertThat(question.slot()).isEqualTo(Optional.of("blue"));
    assertThat(log.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
  }

  @Test
  void aLogThatCannotBeReadIsAnErrorBeforeTheFirstByte() throws Exception {
    device(ONE);

    assertThat(rest.get("/api/v1/devices/dev-1/apps/other/logs").code()).isEqualTo("NOT_FOUND");
    assertThat(rest.get("/api/v1/devices/dev-2/apps/pump/logs").code()).isEqualTo("DEVICE_OFFLINE");
    assertThat(rest.get("/api/v1/devices/dev-9/apps/pump/logs").code()).isEqualTo("NOT_FOUND");
    assertThat(rest.get("/api/v1/devices/dev-1/apps/pump/logs?tail=x").code())
        .isEqualTo("BAD_REQUEST");
  }

  @Test
  void sixteenLogsMayBeFollowedAtOnce() throws Exception {
    SimulatedDevice one = device(ONE);
    awaitDone(rest.apply(manifest("1.0", 1880), ON_ONE));
    List<InputStream> followed = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      InputStream log = rest.stream("/api/v1/devices/dev-1/apps/pump/logs?follow=true").body();
      assertThat(log.read()).isEqualTo('f');
      followed.add(log);
    }

    assertThat(rest.get("/api/v1/devices/dev-1/apps/pump/logs").code()).isEqualTo("TOO_BUSY");
    for (InputStream log : followed) {
      log.close();
    }
    assertThat(one.questions).hasSize(16);
  }

  @Test
  void withoutTheTokenNothingIsAnswered() {
    for (String token : List.of("", "wrong", "x".repeat(43))) {
      Reply reply = new Rest(controller.httpPort(), token).get("/api/v1/devices");
      assertThat(reply.status()).isEqualTo(401);
      assertThat(reply.code()).isEqualTo("UNAUTHENTICATED");
    }
    Rest stranger = new Rest(controller.httpPort(), "");
    assertThat(stranger.get("/openapi.json").status()).isEqualTo(200);
    assertThat(stranger.stream("/healthz").statusCode()).isEqualTo(200);
  }

  @Test
  void aWrongManifestIsToldWithItsPlaces() {
    Reply reply = rest.apply("apiVersion: bumpless.dev/v1\nkind: App\nname: X\nfoo: 1\n", ALL);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.code()).isEqualTo("INVALID_MANIFEST");
    assertThat(reply.body().path("error").path("details"))
        .extracting(detail -> detail.path("line").asInt())
        .contains(3, 4);
  }

  @Test
  void whatIsWrongWithACallIsTold() {
    Map<String, String> bodies =
        new HashMap<>(
            Map.of(
                "{\"action\":\"fly\",\"app\":\"pump\"}", "BAD_REQUEST",
                "{\"action\":\"stop\"}", "BAD_REQUEST",
                "{\"action\":\"stop\",\"app\":\"pump\",\"extra\":1}", "BAD_REQUEST",
                "{\"action\":\"stop\",\"app\":\"PUMP\"}", "BAD_REQUEST",
                "{\"action\":\"stop\",\"app\":\"pump\"}", "NOT_FOUND",
                "{\"action\":", "BAD_REQUEST",
                "null", "BAD_REQUEST",
                "{\"action\":\"setImage\",\"app\":\"pump\",\"images\":{\"main\":\"A B\"}}",
                    "BAD_REQUEST",
                "{\"action\":\"setImage\",\"app\":\"pump\",\"images\":{\"main\":null}}",
                    "BAD_REQUEST",
                "{\"action\":\"undo\",\"app\":\"pump\",\"toRelease\":1.5}", "BAD_REQUEST"));
    Stream.of(
            "{\"devices\":[]}",
            "{\"devices\":[null]}",
            "{\"devices\":\"dev-1\"}",
            "{\"devices\":[\"dev-1\"],\"all\":true}",
            "{\"labels\":{}}",
            "{\"labels\":{\"site\":null}}",
            "{\"all\":false}",
            "{}")
        .forEach(
            target ->
                bodies.put(
                    "{\"action\":\"stop\",\"app\":\"pump\",\"target\":" + target + "}",
                    "BAD_REQUEST"));
    bodies.forEach(
        (body, code) ->
            assertThat(rest.post("/api/v1/rollouts", body).code()).as(body).isEqualTo(code));
    assertThat(rest.get("/api/v1/rollouts/" + UUID.randomUUID()).code()).isEqualTo("NOT_FOUND");
    assertThat(rest.get("/api/v1/rollouts/xyz").code()).isEqualTo("NOT_FOUND");
    assertThat(rest.get("/api/v1/nothing").code()).isEqualTo("NOT_FOUND");
    assertThat(rest.get("/api/v1/apps/none").code()).isEqualTo("NOT_FOUND");
    assertThat(rest.post("/api/v1/rollouts", "x".repeat(1_100_000)).status()).isEqualTo(413);
  }

  @Test
  void whatIsWrongWithTheJsonIsToldInWords() {
    Map<String, String> told =
        Map.of(
            "",
            "it is empty",
            "[]",
            "expected an object, found a list",
            "{\"action\":7}",
            "expected a text, found a whole number at .action",
            "{\"toRelease\":1.5}",
            "found a number with a fraction at .toRelease",
            "{\"bogus\":1}",
            "unknown key 'bogus', expected one of action, app, appManifest, dryRun",
            "{\"target\":{\"devices\":\"dev-1\"}}",
            "expected a list, found a text at .target.devices",
            "{\"app\":\"a\",\"app\":\"b\"}",
            "Duplicate field 'app'",
            "{\"a\":".repeat(20),
            "nesting depth",
            "{",
            "Unexpected end-of-input");
    told.forEach(
        (body, words) -> {
          JsonNode error = rest.post("/api/v1/rollouts", body).body().path("error");
          assertThat(error.path("message").asText())
              .as(body)
              .contains(words)
              .doesNotContain("dev.bumpless", "java.", "JsonToken", "REDACTED", "Jackson");
        });
  }

  @Test
  void whatTheServerItselfRefusesIsTheSameRecord() {
    assertThat(rest.get("/api/v1/apps/%00").code()).isEqualTo("BAD_REQUEST");
    assertThat(rest.get("/api/v1/devices?" + "x".repeat(9000)).code()).isEqualTo("TOO_LARGE");
  }

  @Test
  void labelsOfADevicesConfigurationAreTargets() throws Exception {
    device(ONE);
    await().until(() -> !rest.get("/api/v1/devices/dev-1").body().path("labels").isEmpty());

    assertThat(rest.apply(manifest("1.0", 1880), "{\"labels\":{\"line\":\"8\"}}").code())
        .isEqualTo("NO_TARGET");
    JsonNode rollout =
        awaitDone(rest.apply(manifest("1.0", 1880), "{\"labels\":{\"line\":\"7\"}}"));
    assertThat(rollout.path("devices").path(0).path("device").asText()).isEqualTo("dev-1");

    rest.put("/api/v1/devices/dev-1/labels", "{\"line\":\"8\",\"site\":\"a\"}");
    assertThat(rest.get("/api/v1/devices/dev-1").body().path("labels").toString())
        .isEqualTo("{\"line\":\"8\",\"site\":\"a\"}");
  }

  @Test
  void imagesThatCannotBeHadAreToldAndNothingIsKept() {
    String missing = manifest("1.0", 1880).replace("pump:1.0", "pump:9.9");
    String down = manifest("1.0", 1880).replace(registry.host(), "127.0.0.1:1");

    assertThat(rest.apply(missing, ALL).code()).isEqualTo("IMAGE_NOT_FOUND");
    assertThat(rest.apply(down, ALL).code()).isEqualTo("REGISTRY_UNREACHABLE");
    assertThat(rest.apply(manifest("1.0", 1880), "{\"devices\":[\"dev-9\"]}").code())
        .isEqualTo("NOT_FOUND");
    assertThat(rest.get("/api/v1/apps").body()).isEmpty();
    assertThat(rest.get("/api/v1/rollouts").body()).isEmpty();
  }

  @Test
  void everyCallThatWasToChangeSomethingIsWrittenDownWithWhatCameOfIt() throws Exception {
    rest.apply(manifest("1.0", 1880), ON_ONE);
    rest.apply("kind: nonsense", ALL);
    rest.post("/api/v1/rollouts", "no JSON");
    rest.post("/api/v1/rollouts", "{\"x\":\"" + "x".repeat(2_000_000) + "\"}");
    rest.put("/api/v1/devices/dev-9/labels", "{\"site\":\"a\"}");
    rest.put("/api/v1/devices/dev-1/labels", "{\"site\":\"a\"}");
    rest.post("/api/v1/nowhere", "{}");
    rest.get("/api/v1/devices");
    diff(manifest("1.0", 1880));

    assertThat(audit())
        .containsExactly(
            "1 token 127.0.0.1 POST /api/v1/rollouts apply pump BEGUN",
            "2 token 127.0.0.1 POST /api/v1/rollouts apply pump OK 1",
            "3 token 127.0.0.1 POST /api/v1/rollouts - INVALID_MANIFEST",
            "4 token 127.0.0.1 POST /api/v1/rollouts - BAD_REQUEST",
            "5 token 127.0.0.1 POST /api/v1/rollouts - TOO_LARGE",
            "6 token 127.0.0.1 PUT /api/v1/devices/dev-9/labels labels of dev-9 BEGUN",
            "7 token 127.0.0.1 PUT /api/v1/devices/dev-9/labels labels of dev-9 NOT_FOUND 6",
            "8 token 127.0.0.1 PUT /api/v1/devices/dev-1/labels labels of dev-1 BEGUN",
            "9 token 127.0.0.1 PUT /api/v1/devices/dev-1/labels labels of dev-1 OK 8",
            "10 token 127.0.0.1 POST /api/v1/nowhere - NOT_FOUND");
    assertThat(rest.get("/api/v1/audit?limit=4").body())
        .extracting(call -> call.path("number").asInt())
        .containsExactly(10, 9, 7, 5);
  }

  @Test
  void aTokenWithANameCountsFromTheNextCallOnAndIsInTheAudit() throws Exception {
    Tokens tokens = new Tokens(trust());
    String text = tokens.create("ann");
    Rest ann = new Rest(controller.httpPort(), text);
    Rest bob = new Rest(controller.httpPort(), tokens.create("bob"));
    Files.writeString(trust().resolve("controller/tokens/bob"), "nonsense");

    assertThat(ann.put("/api/v1/devices/dev-1/labels", "{}").status()).isEqualTo(200);
    assertThat(bob.put("/api/v1/devices/dev-1/labels", "{}").code()).isEqualTo("UNAUTHENTICATED");
    assertThat(ann.post("/api/v1/nowhere", "{}").code()).isEqualTo("NOT_FOUND");
    assertThat(tokens.delete("ann")).isTrue();
    assertThat(ann.get("/api/v1/devices").code()).isEqualTo("UNAUTHENTICATED");
    rest.put("/api/v1/devices/dev-1/labels", "{}");

    String label = " 127.0.0.1 PUT /api/v1/devices/dev-1/labels ";
    assertThat(audit())
        .containsExactly(
            "1 ann" + label + "labels of dev-1 BEGUN",
            "2 ann" + label + "labels of dev-1 OK 1",
            "3 nobody" + label + "- UNAUTHENTICATED",
            "4 ann 127.0.0.1 POST /api/v1/nowhere - NOT_FOUND",
            "5 nobody 127.0.0.1 GET /api/v1/devices - UNAUTHENTICATED",
            "6 token" + label + "labels of dev-1 BEGUN",
            "7 token" + label + "labels of dev-1 OK 6");
    assertThat(text(rest.stream("/api/v1/audit/export"))).doesNotContain(text);
  }

  @Test
  void callsWithoutTheTokenAreWrittenDownTooButNotWithoutEnd() throws Exception {
    Rest stranger = new Rest(controller.httpPort(), "wrong");
    stranger.get("/api/v1/devices");
    stranger.apply(manifest("1.0", 1880), ALL);
    for (int i = 0; i < 100; i++) {
      stranger.get("/api/v1/apps");
    }

    assertThat(audit())
        .hasSizeBetween(60, 61) // a minute may end meanwhile
        .startsWith(
            "1 nobody 127.0.0.1 GET /api/v1/devices - UNAUTHENTICATED",
            "2 nobody 127.0.0.1 POST /api/v1/rollouts - UNAUTHENTICATED");
  }

  @Test
  void theAuditIsAWholeChainAcrossARestart() throws Exception {
    for (int i = 0; i < 1_100; i++) { // more than two pages
      rest.post("/api/v1/nowhere", "{}");
    }
    controller.close();
    startController();
    rest.post("/api/v1/nowhere", "{}");

    List<String> lines = text(rest.stream("/api/v1/audit/export")).lines().toList();
    assertThat(lines).hasSize(1_102);
    JsonNode last = rest.json().readTree(lines.get(1_100));
    assertThat(rest.json().readTree(lines.get(1_101)).path("end").asText())
        .isEqualTo("1101:" + last.path("hash").asText());
    assertThat(last.path("previous").asText())
        .isEqualTo(rest.json().readTree(lines.get(1_099)).path("hash").asText());
    assertThat(text(rest.stream("/api/v1/audit/export?after=1100")).lines())
        .containsExactly(lines.get(1_100), lines.get(1_101));
  }

  @Test
  void theOpenApiDocumentNamesEveryCallAndNoOther() throws IOException {
    Set<String> documented = new TreeSet<>();
    rest.get("/openapi.json")
        .body()
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method ->
                            documented.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));

    assertThat(documented).isEqualTo(new TreeSet<>(controller.calls()));
  }

  /** SQLite, unless a test wants another one. */
  Optional<ControllerConfig.Store> store() throws Exception {
    return Optional.empty();
  }

  final void startController() throws Exception {
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
            List.of());
    controller = start(config);
    rest =
        new Rest(
            controller.httpPort(),
            Files.readString(folder.resolve("trust/controller/token")).strip());
    await().until(() -> broker.isConnected("controller"));
  }

  Controller start(ControllerConfig config) throws IOException {
    return Controller.start(
        config, (uri, trust) -> broker.transport("controller"), InstantSource.system());
  }

  Path trust() {
    return folder.resolve("trust");
  }

  private SimulatedDevice device(DeviceId id) throws Exception {
    Root root = codec.decode(Files.readAllBytes(folder.resolve("trust/root.json")), Root.class);
    SimulatedDevice device = new SimulatedDevice(id, broker.transport(id.value()), codec, root);
    open.add(device);
    device.connect();
    await().until(() -> online(id.value()));
    return device;
  }

  private String manifest(String tag, int port) {
    return SomeApps.yaml(registry.image("pump", tag), port);
  }

  private List<String> audit() throws IOException {
    List<String> brief = new ArrayList<>();
    for (String line : text(rest.stream("/api/v1/audit/export")).lines().toList()) {
      JsonNode record = rest.json().readTree(line);
      if (!record.has("end")) {
        brief.add(
            Stream.of("number", "actor", "from", "action", "object", "outcome", "begun")
                .filter(record::has)
                .map(field -> record.path(field).asText())
                .collect(Collectors.joining(" ")));
      }
    }
    return brief;
  }

  private Reply act(String action, String more) {
    return rest.post(
        "/api/v1/rollouts", "{\"action\":\"%s\",\"app\":\"pump\"%s}".formatted(action, more));
  }

  private JsonNode diff(String manifest) {
    return rest.post(
            "/api/v1/diff", rest.json().createObjectNode().put("manifest", manifest).toString())
        .body();
  }

  private JsonNode awaitDone(Reply asked) {
    assertThat(asked.status()).as("%s", asked.body()).isEqualTo(202);
    await().until(() -> rollout(asked).path("done").asBoolean());
    return rollout(asked);
  }

  private JsonNode rollout(Reply asked) {
    return rest.get("/api/v1/rollouts/" + asked.body().path("id").asText()).body();
  }

  private JsonNode row(Reply asked) {
    return rollout(asked).path("devices").path(0);
  }

  private boolean online(String device) {
    return rest.get("/api/v1/devices/" + device).body().path("online").asBoolean();
  }

  private static String text(HttpResponse<InputStream> response) throws IOException {
    try (InputStream in = response.body()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String brief(Order order) {
    return order.action() instanceof Order.Run run
        ? run.revision().toString()
        : order.action().getClass().getSimpleName();
  }
}
