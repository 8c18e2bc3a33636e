package dev.bumpless.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bumpless.cli.StubController.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rollouts in waves from the command line. */
class WaveVerbsTest {
  private static final String PREVIEW =
      "{'name':'pump-2','app':'pump','release':'pump@2','devices':[{'device':'dev-1','wave':1,'gate':'approve','site':'a','online':true},{'device':'dev-2','wave':2,'gate':'','online':false%s}]}";

  @TempDir private Path folder;
  private StubController controller;

  @BeforeEach
  void start() throws IOException {
    controller = new StubController();
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  private static String rollout(String state, boolean done, String reason) {
    return "{'id':'r1','app':'pump','action':'rollout','release':'pump@2','done':%s,'succeeded':%s,'devices':[{'device':'dev-1','wave':1,'phase':'COMMITTED'},{'device':'dev-2','wave':2,'phase':'WAITING','message':'waits for approval'}],'course':{'name':'pump-2','state':'%s','reason':'%s','wave':1,'waves':[{'number':1,'reach':'1 device','gate':'approve','settledAt':'then','size':1,'open':0,'succeeded':1,'failed':0}]}}"
        .formatted(done, done, state, reason);
  }

  private String file(String app) throws IOException {
    Files.writeString(folder.resolve("pump.yaml"), "kind: App\n");
    return Files.writeString(
            folder.resolve("rollout.yaml"), "kind: Rollout # waves\napp: " + app + " # it\n")
        .toString();
  }

  @Test
  void theAppThatIsNamedAsAFileIsSentFromBesideTheRollout() throws IOException {
    controller.on("POST /api/v1/rollouts", 202, rollout("RUNNING", false, ""));

    Result result = controller.run("apply", "-f", file("\"pump.yaml\""), "--supersede");

    assertThat(result.exitCode()).as(result.err()).isZero();
    JsonNode sent = controller.calls.remove().body();
    assertThat(sent.path("appManifest").asText()).isEqualTo("kind: App\n");
    assertThat(sent.path("supersede").asBoolean()).isTrue();
    assertThat(sent.has("target")).isFalse();
    assertThat(result.out())
        .contains("rollout pump-2 (pump@2): RUNNING")
        .contains("approve (over since then)")
        .contains("waits for approval")
        .contains("bumpless rollout status pump-2 --wait");
  }

  @Test
  void aReleaseIsSentAloneAndAFileThatIsMissingIsNamed() throws IOException {
    controller.on("POST /api/v1/rollouts", 202, rollout("RUNNING", false, ""));

    controller.run("apply", "-f", file("pump@2"));
    Result missing = controller.run("apply", "-f", file("valve.yaml"));

    assertThat(controller.calls.remove().body().has("appManifest")).isFalse();
    assertThat(missing.exitCode()).isEqualTo(2);
    assertThat(missing.err()).contains("there is no file").contains("valve.yaml");
  }

  @Test
  void aDryRunShowsWhoWouldGoWhenAndExitsAsItWouldGo() throws IOException {
    controller.on(
        "POST /api/v1/rollouts",
        200,
        PREVIEW.formatted(""),
        PREVIEW.formatted(",'problem':'port 502 is taken','hint':'listen on another'"));

    Result clean = controller.run("apply", "-f", file("pump@2"), "--dry-run");
    Result failing = controller.run("apply", "-f", file("pump@2"), "--dry-run");

    assertThat(controller.calls.remove().body().path("dryRun").asBoolean()).isTrue();
    assertThat(clean.exitCode()).as(clean.err()).isZero();
    assertThat(clean.out())
        .contains("would bring pump@2 to 2 devices; nothing was sent")
        .contains("1      dev-1    a      yes      approve   passes");
    assertThat(failing.exitCode()).isEqualTo(4);
    assertThat(failing.out()).contains("port 502 is taken").contains("fails on 1 devices");
    assertThat(failing.out()).endsWith("hint: listen on another" + System.lineSeparator());
  }

  @Test
  void aDryRunTellsWhichDevicesWouldRefuseByThemselvesAndFails() throws IOException {
    controller.on(
        "POST /api/v1/rollouts",
        200,
        PREVIEW.formatted(",'shortage':'by its report of then 1 MiB are free'"),
        PREVIEW.formatted(",'problem':'port 502 is taken','hint':'move','shortage':'too full'"));

    Result failing = controller.run("apply", "-f", file("pump@2"), "--dry-run");
    Result refused = controller.run("apply", "-f", file("pump@2"), "--dry-run");

    assertThat(failing.exitCode()).isEqualTo(1);
    assertThat(failing.out())
        .contains("by its report of then 1 MiB are free")
        .contains("it would be sent, and refused by 1 devices: disk or memory is short")
        .contains("hint: make room there, or narrow the target down")
        .doesNotContain("it would be refused");
    assertThat(refused.exitCode()).isEqualTo(4);
    assertThat(refused.out()).contains("port 502 is taken; too full");
  }

  @Test
  void aDryRunThatAnotherRolloutIsInTheWayOfSaysWhatToDo() throws IOException {
    controller.on(
        "POST /api/v1/rollouts",
        200,
        PREVIEW
            .formatted("")
            .replace("'devices'", "'conflict':'it is there','hint':'end it','devices'"));

    Result result = controller.run("apply", "-f", file("pump@2"), "--dry-run");

    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.out())
        .contains("it would be refused: it is there" + System.lineSeparator() + "hint: end it");
  }

  @Test
  void aDryRunOfWhatRunsAlreadySaysThatNothingWouldBeStarted() throws IOException {
    controller.on(
        "POST /api/v1/rollouts",
        200,
        PREVIEW.formatted("").replace("'devices'", "'running':'1-2-3','devices'"));

    Result result = controller.run("apply", "-f", file("pump@2"), "--dry-run");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out())
        .isEqualToNormalizingNewlines(
            "rollout pump-2 of pump@2 has begun already; applying it again starts nothing (bumpless rollout status pump-2)\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pause", "resume", "approve", "abort", "retry"})
  void eachVerbIsItsCall(String verb) {
    controller.on("POST /api/v1/rollouts/pump-2/" + verb, 202, rollout("PAUSED", false, "by hand"));

    Result result = controller.run("rollout", verb, "pump-2");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("PAUSED: by hand");
  }

  @Test
  void forceNamesItsDevices() {
    controller.on("POST /api/v1/rollouts/pump/force", 202, rollout("RUNNING", false, ""));

    Result result = controller.run("rollout", "force", "pump", "--device", "dev-1,dev-2");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(controller.calls.remove().body().path("target").path("devices"))
        .extracting(JsonNode::asText)
        .containsExactly("dev-1", "dev-2");
  }

  @Test
  void aRolloutThatPausesEndsTheWaitAsAFailure() {
    controller
        .on("GET /api/v1/rollouts/pump-2", 200, rollout("RUNNING", false, ""))
        .on("GET /api/v1/rollouts/r1", 200, rollout("PAUSED", false, "1 failed, at most 0 may"));

    Result result = controller.run("rollout", "status", "pump-2", "--wait");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err())
        .contains("rollout pump-2 (pump@2): PAUSED: 1 failed, at most 0 may")
        .contains("hint: bumpless rollout retry, resume, abort or undo pump-2");
  }

  @Test
  void rolloutsAreListed() {
    controller.on("GET /api/v1/rollouts?app=pump", 200, "[" + rollout("FINISHED", true, "") + "]");

    assertThat(controller.run("get", "rollouts", "pump").out())
        .contains("pump-2   pump   pump@2    FINISHED   1 of 2");
  }
}
