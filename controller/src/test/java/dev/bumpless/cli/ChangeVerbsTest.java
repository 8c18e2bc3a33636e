package dev.bumpless.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bumpless.cli.StubController.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChangeVerbsTest {
  private static final String ORDERED = rollout("RECEIVED", false, false, "");

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

  static String rollout(String phase, boolean done, boolean succeeded, String more) {
    return "{'id':'r1','app':'node-red','action':'apply','release':'node-red@7','done':%s,'succeeded':%s,'devices':[{'device':'dev-1','phase':'%s','release':'node-red@7','message':'because'%s}]}"
        .formatted(done, succeeded, phase, more);
  }

  private String manifest() throws IOException {
    return Files.writeString(folder.resolve("app.yaml"), "kind: App\n").toString();
  }

  private JsonNode sent() {
    return controller.calls.remove().body();
  }

  @Test
  void appliesAFileToTheDevicesNamed() throws IOException {
    controller.on("POST /api/v1/rollouts", 202, ORDERED);
    Result result = controller.run("apply", "-f", manifest(), "--device", "dev-1,dev-2");
    assertThat(result.exitCode()).as(result.err()).isZero();
    StubController.Call call = controller.calls.remove();
    assertThat(call.authorization()).isEqualTo("Bearer secret");
    assertThat(call.body())
        .hasToString(
            "{\"action\":\"apply\",\"manifest\":\"kind: App\\n\",\"target\":{\"devices\":[\"dev-1\",\"dev-2\"]}}");
    assertThat(result.out()).contains("node-red@7").contains("dev-1");
  }

  @Test
  void appliesStandardInputByLabelsOrToAll() {
    controller.on("POST /api/v1/rollouts", 202, ORDERED);
    Map<String, String> environment =
        Map.of("BUMPLESS_URL", controller.url() + "/", "BUMPLESS_TOKEN", "t");
    controller.run(environment, "kind: X", "apply", "-f", "-", "--target", "site=a,arch=arm64");
    JsonNode body = sent();
    assertThat(body.path("manifest").asText()).isEqualTo("kind: X");
    assertThat(body.path("target")).hasToString("{\"labels\":{\"site\":\"a\",\"arch\":\"arm64\"}}");
    controller.run(environment, "kind: X", "apply", "-f", "-", "--all");
    assertThat(sent().path("target")).hasToString("{\"all\":true}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          restart node-red          | {"action":"restart","app":"node-red"}
          rollout restart node-red  | {"action":"restart","app":"node-red"}
          stop node-red             | {"action":"stop","app":"node-red"}
          start node-red            | {"action":"start","app":"node-red"}
          delete app node-red       | {"action":"delete","app":"node-red"}
          rollout undo node-red     | {"action":"undo","app":"node-red"}
          rollout undo node-red --to-release 6 | {"action":"undo","app":"node-red","toRelease":6}
          set image node-red a=b:1 c=d:2@sha256:00 | {"action":"setImage","app":"node-red","images":{"a":"b:1","c":"d:2@sha256:00"}}
          """)
  void sendsTheActionOfEachVerb(String verb, String expected) {
    controller.on("POST /api/v1/rollouts", 202, ORDERED);
    Result result = controller.run(verb.split(" "));
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(sent()).hasToString(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "COMMITTED,true,0",
    "UNCHANGED,true,0",
    "STOPPED,true,0",
    "ROLLED_BACK,false,1",
    "INCONSISTENT,false,1",
    "SUPERSEDED,false,1",
    "REJECTED,false,4"
  })
  void exitsAsTheRolloutEnds(String phase, boolean succeeded, int expected) {
    controller
        .on("POST /api/v1/rollouts", 202, ORDERED)
        .on("GET /api/v1/rollouts/r1", 200, ORDERED, rollout(phase, true, succeeded, ""));
    Result result = controller.run("restart", "node-red", "--wait");
    assertThat(result.exitCode()).as(result.err()).isEqualTo(expected);
    assertThat(result.out()).contains(phase).contains("because");
  }

  @Test
  void tellsEachPhaseOnceWhenNobodyLooks() {
    String steps =
        ",'gapMs':3.14,'holdMs':1.4,'steps':[{'name':'PULLING','ms':812},{'name':'PROBING','ms':3000}]";
    controller
        .on("POST /api/v1/rollouts", 202, ORDERED)
        .on(
            "GET /api/v1/rollouts/r1",
            200,
            rollout("PULLING", false, false, ""),
            rollout("PULLING", false, false, ""),
            rollout("COMMITTED", true, true, steps));
    Result result = controller.run("restart", "node-red", "--wait", "-o", "json");
    assertThat(result.err().lines())
        .containsExactly(
            "dev-1  RECEIVED      because",
            "dev-1  PULLING       because",
            "dev-1  PROBING       3000 ms",
            "dev-1  COMMITTED     because");
    assertThat(result.out()).startsWith("{").contains("\"gapMs\" : 3.14");
  }

  @Test
  void drawsThePullOverOnATerminal() {
    controller.live = true;
    String pull = ",'pull':{'image':'i','doneBytes':5000000,'totalBytes':20000000}";
    String steps = ",'steps':[{'name':'PULLING','ms':812}]";
    controller
        .on("POST /api/v1/rollouts", 202, ORDERED)
        .on(
            "GET /api/v1/rollouts/r1",
            200,
            rollout("PULLING", false, false, pull),
            rollout("COMMITTED", true, true, steps));
    Result result = controller.run("restart", "node-red", "--wait");
    assertThat(result.err())
        .contains("dev-1 PULLING 5.0 of 20.0 MB (25 %)")
        .contains("\r\033[Kdev-1  PULLING       812 ms\n")
        .endsWith("dev-1  COMMITTED     because\n");
  }

  @Test
  void stopsWaitingWhenTheTimeIsOver() {
    String offline = rollout("RECEIVED", false, false, ",'online':false");
    controller
        .on("POST /api/v1/rollouts", 202, offline)
        .on("GET /api/v1/rollouts/r1", 200, offline);
    Result result = controller.run("stop", "node-red", "--wait", "--timeout", "1ms");
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err()).contains("dev-1 RECEIVED (offline)");
  }

  @Test
  void placesWhatIsWrongInTheFile() throws IOException {
    controller.on(
        "POST /api/v1/rollouts",
        400,
        "{'error':{'code':'INVALID_MANIFEST','message':'2 things are wrong','hint':'mend them','details':[{'file':'manifest','line':3,'column':5,'message':'unknown key imge'},{'message':'no memory limit'}]}}");
    String file = manifest();
    Result result = controller.run("apply", "-f", file);
    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.err().lines())
        .containsExactly(
            "error: 2 things are wrong",
            file + ":3:5: unknown key imge",
            file + ": no memory limit",
            "hint: mend them");
  }

  @Test
  void namesTheFileThatIsTooLarge() throws IOException {
    controller.on(
        "POST /api/v1/rollouts",
        413,
        "{'error':{'code':'TOO_LARGE','message':'the body is larger','hint':'the right file?'}}");
    String file = manifest();
    Result result = controller.run("apply", "-f", file);
    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.err().lines())
        .containsExactly("error: " + file + ": the body is larger", "hint: the right file?");
  }

  @ParameterizedTest
  @CsvSource({
    "422,NO_TARGET,4",
    "422,IMAGE_NOT_FOUND,4",
    "502,REGISTRY_UNREACHABLE,4",
    "401,UNAUTHENTICATED,4",
    "404,NOT_FOUND,4",
    "500,INTERNAL,1"
  })
  void tellsARefusalFromAFault(int status, String code, int expected) {
    controller.on(
        "POST /api/v1/rollouts",
        status,
        "{'error':{'code':'" + code + "','message':'what failed','hint':'do this'}}");
    Result result = controller.run("restart", "node-red");
    assertThat(result.exitCode()).isEqualTo(expected);
    assertThat(result.err()).startsWith("error: what failed\nhint: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          apply                                   | --file
          apply -f /nowhere/app.yaml              | there is no file
          apply -f x --all --device a             | mutually exclusive
          restart                                 | APP
          restart a --wait --timeout 5            | is not a duration
          set                                     | missing
          set image a                             | CONTAINER=IMAGE
          set image a b                           | CONTAINER=IMAGE
          frobnicate                              | frobnicate
          restart a -o yaml                       | [table, json]
          rollout undo a --to-release x           | hint: see `bumpless rollout undo --help`
          get nothing                             | releases
          logs node-red                           | is not DEVICE/APP
          logs a/b --slot red                     | red
          restart a --url 127.0.0.1:8080          | not an address
          restart a --token-file /nowhere         | cannot read the token
          """)
  void saysWhatIsWrongInTheCall(String call, String expected) {
    Result result = controller.run(call.split(" "));
    assertThat(result.exitCode()).as(result.err()).isEqualTo(2);
    assertThat(result.err()).startsWith("error: ").contains(expected);
    assertThat(result.err().lines().count()).as(result.err()).isLessThan(20);
    assertThat(controller.calls).isEmpty();
  }

  @Test
  void asksForATokenAndReadsItFromAFile() throws IOException {
    controller.on("POST /api/v1/rollouts", 202, ORDERED);
    Map<String, String> environment = Map.of("BUMPLESS_URL", controller.url());
    Result without = controller.run(environment, "", "restart", "node-red");
    assertThat(without.exitCode()).isEqualTo(2);
    assertThat(without.err()).contains("BUMPLESS_TOKEN");
    String file = Files.writeString(folder.resolve("token"), "of-file\n").toString();
    controller.run(environment, "", "restart", "node-red", "--token-file", file);
    assertThat(controller.calls.remove().authorization()).isEqualTo("Bearer of-file");
  }

  @Test
  void aChoiceThatCameOutEmptyIsNotLeftOut() {
    controller.on("POST /api/v1/rollouts", 202, ORDERED);
    controller.run("restart", "node-red", "--device", ",");
    assertThat(controller.calls.remove().body().toString()).contains("\"target\":{\"devices\":[]}");
  }

  @Test
  void saysWhatToDoWhenNobodyAnswers() {
    controller.close();
    Result result = controller.run("restart", "node-red", "--wait");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err())
        .contains("cannot reach the controller at " + controller.url())
        .contains("connection refused")
        .contains("hint: is it running");
  }

  @Test
  void doubtsAnAddressWhereSomethingElseAnswers() {
    controller.on("POST /api/v1/rollouts", 200, "<html>");
    Result result = controller.run("restart", "node-red");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("not JSON").contains("BUMPLESS_URL");
  }

  /** What is no name is the controller's to refuse; it comes there as it was typed. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          restart pump --device gw+1         | POST /api/v1/rollouts              | {"action":"restart","app":"pump","target":{"devices":["gw+1"]}}
          rollout undo pump --device *       | POST /api/v1/rollouts              | {"action":"undo","app":"pump","target":{"devices":["*"]}}
          rollout force pump-2 --device gw/1 | POST /api/v1/rollouts/pump-2/force | {"target":{"devices":["gw/1"]}}
          describe device gw+1               | GET /api/v1/devices/gw%2B1         |
          describe device gw/1               | GET /api/v1/devices/gw%2F1         |
          describe device gw#?1              | GET /api/v1/devices/gw%23%3F1      |
          rollout pause *                    | POST /api/v1/rollouts/*/pause      | {}
          logs gw#/pump                      | GET /api/v1/devices/gw%23/apps/pump/logs?tail=100&follow=false |
          """)
  void sendsAWildcardToTheControllerAsItIs(String verb, String line, String body) {
    controller.on(
        line, 400, "{'error':{'code':'BAD_REQUEST','message':'no device id','hint':'h'}}");

    Result result = controller.run(verb.split(" "));

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.err()).contains("no device id");
    StubController.Call call = controller.calls.remove();
    assertThat(call.line()).isEqualTo(line);
    assertThat(call.body().toString()).isEqualTo(body == null ? "" : body);
    assertThat(controller.calls).isEmpty();
  }
}
