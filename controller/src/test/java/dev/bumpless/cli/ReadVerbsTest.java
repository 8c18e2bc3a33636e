package dev.bumpless.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.cli.StubController.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadVerbsTest {
  @TempDir Path folder;
  private StubController controller;

  @BeforeEach
  void start() throws IOException {
    controller = new StubController();
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  @Test
  void listsDevices() {
    controller.on(
        "GET /api/v1/devices",
        200,
        "[{'id':'dev-1','online':true,'lastSeen':'2026-01-01T00:00:00Z','labels':{'site':'a'},'inventory':{'platform':'linux/amd64','engineVersion':'20.10'},'apps':[{'app':'node-red','serving':'node-red@7'}]},{'id':'dev-22','online':false}]");
    Result result = controller.run("get", "devices");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out().lines())
        .containsExactly(
            "DEVICE   STATE     LAST SEEN              PLATFORM      ENGINE   APPS         LABELS",
            "dev-1    online    2026-01-01T00:00:00Z   linux/amd64   20.10    node-red@7   site=a",
            "dev-22   offline   never                  -             -        -            -");
    assertThat(controller.run("get", "devices", "-o", "json").out()).contains("\"dev-22\"");
  }

  @Test
  void listsAppsAndTheirReleases() {
    controller
        .on(
            "GET /api/v1/apps",
            200,
            "[{'name':'node-red','release':'node-red@2','devices':[{'device':'dev-1','phase':'COMMITTED'}]},{'name':'pump','devices':[]}]")
        .on(
            "GET /api/v1/apps/node-red/releases",
            200,
            "[{'id':'node-red@2','counter':2,'createdAt':'2026-01-02T03:04:05.678901Z','images':{'node-red':'r/node-red:0.20.8'},'cause':'set image'},{'id':'node-red@1','counter':1,'createdAt':'2026-01-01T00:00:00Z','images':{'node-red':'r/node-red:0.20.6'},'cause':'apply'}]")
        .on("GET /api/v1/apps/pump/releases", 200, "[{'id':'pump@1'}]");
    assertThat(controller.run("get", "apps").out())
        .contains("node-red   node-red@2   dev-1 COMMITTED")
        .contains("pump       -");
    assertThat(controller.run("get", "releases").out())
        .contains("node-red@2   2026-01-02T03:04:05Z   r/node-red:0.20.8   set image")
        .contains("pump@1");
    assertThat(controller.run("get", "releases", "pump").out()).doesNotContain("node-red");
    assertThat(controller.run("rollout", "history", "node-red").out().lines()).hasSize(3);
    assertThat(controller.run("rollout", "history", "node-red", "-o", "json").out())
        .contains("\"counter\" : 2");
  }

  @ParameterizedTest
  @CsvSource({
    "COMMITTED,true,true,0",
    "BAKING,false,false,0",
    "ROLLED_BACK,true,false,1",
    "REJECTED,true,false,4"
  })
  void statusExitsAsTheRolloutStands(String phase, boolean done, boolean succeeded, int expected) {
    controller.on(
        "GET /api/v1/rollouts/node-red",
        200,
        ChangeVerbsTest.rollout(
            phase, done, succeeded, ",'gapMs':3.14,'steps':[{'name':'PULLING','ms':812}]"));
    Result result = controller.run("rollout", "status", "node-red");
    assertThat(result.exitCode()).isEqualTo(expected);
    assertThat(result.out()).contains(phase).contains("3.1 ms").contains("dev-1: PULLING 812 ms");
    assertThat(controller.run("rollout", "status", "node-red", "-o", "json").out())
        .contains("\"ms\" : 812");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "open | open       because | SLOT",
        "closed: the router restarted | closed     because | way back closed: the router restarted",
      })
  void statusTellsWhetherTheWayBackIsOpen(String wayBack, String cell, String cause) {
    controller.on(
        "GET /api/v1/rollouts/node-red",
        200,
        ChangeVerbsTest.rollout("BAKING", false, false, ",'wayBack':'" + wayBack + "'"));
    assertThat(controller.run("rollout", "status", "node-red").out())
        .contains("HOLD   WAY BACK   MESSAGE")
        .contains(cell)
        .contains(cause);
    assertThat(controller.run("rollout", "status", "node-red", "-o", "json").out())
        .contains("\"wayBack\" : \"" + wayBack + "\"");
  }

  @Test
  void statusHasNoWayBackWhereNoStateIsCarried() {
    controller.on(
        "GET /api/v1/rollouts/node-red", 200, ChangeVerbsTest.rollout("BAKING", false, false, ""));
    assertThat(controller.run("rollout", "status", "node-red").out())
        .contains("HOLD   MESSAGE")
        .doesNotContainIgnoringCase("way back");
  }

  @Test
  void statusWaitsForTheEnd() {
    controller
        .on(
            "GET /api/v1/rollouts/node-red",
            200,
            ChangeVerbsTest.rollout("BAKING", false, false, ""))
        .on(
            "GET /api/v1/rollouts/r1",
            200,
            ChangeVerbsTest.rollout("ROLLED_BACK", true, false, ""));
    assertThat(controller.run("rollout", "status", "node-red", "--wait").exitCode()).isEqualTo(1);
  }

  @Test
  void describesAsAnOutline() {
    controller.on(
        "GET /api/v1/devices/dev-1",
        200,
        "{'id':'dev-1','labels':{},'apps':[{'app':'node-red','steps':[{'name':'PULLING','ms':8}]}],'inventory':{'platform':'linux/amd64'},'tags':['a','b']}");
    assertThat(controller.run("describe", "device", "dev-1").out())
        .isEqualTo(
            """
            id: dev-1
            labels: -
            apps:
              - app: node-red
                steps:
                  - name: PULLING
                    ms: 8
            inventory:
              platform: linux/amd64
            tags:
              - a
              - b
            """);
    controller.on(
        "GET /api/v1/apps/node-red",
        200,
        "{'name':'node-red','manifest':'kind: App\\nname: x\\n'}");
    assertThat(controller.run("describe", "app", "node-red").out())
        .isEqualTo("name: node-red\nmanifest:\n  kind: App\n  name: x\n");
  }

  @Test
  void showsWhatApplyingWouldChange() throws IOException {
    String file = Files.writeString(folder.resolve("a.yaml"), "kind: App\n").toString();
    controller.on(
        "POST /api/v1/diff",
        200,
        "{'app':'node-red','changed':true,'diff':'-a\\n+b\\n'}",
        "{'app':'node-red','changed':false,'diff':''}");
    assertThat(controller.run("diff", "-f", file).out()).isEqualTo("-a\n+b\n");
    Result same = controller.run("diff", "-f", file);
    assertThat(same.exitCode()).isZero();
    assertThat(same.err()).contains("no difference");
  }

  @Test
  void streamsLogs() {
    controller.on(
        "GET /api/v1/devices/dev-1/apps/node-red/logs?tail=5&follow=true&slot=green",
        200,
        "one\ntwo\n");
    Result result =
        controller.run("logs", "dev-1/node-red", "--tail", "5", "--follow", "--slot", "green");
    assertThat(result.out()).isEqualTo("one\ntwo\n");
    controller.on(
        "GET /api/v1/devices/dev-1/apps/gone/logs?tail=100&follow=false",
        404,
        "{'error':{'code':'NOT_FOUND','message':'no app gone'}}");
    Result gone = controller.run("logs", "dev-1/gone");
    assertThat(gone.exitCode()).isEqualTo(4);
    assertThat(gone.err()).isEqualTo("error: no app gone\n");
  }

  @Test
  void helpsOnEveryVerb() {
    assertThat(controller.run("--help").out()).contains("apply").contains("Exit codes");
    assertThat(controller.run("rollout", "undo", "--help").out()).contains("--to-release");
    assertThat(controller.run("--version").exitCode()).isZero();
    assertThat(controller.run().exitCode()).isEqualTo(2);
  }
}
