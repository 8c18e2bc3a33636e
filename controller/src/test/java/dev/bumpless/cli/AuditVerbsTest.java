package dev.bumpless.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bumpless.cli.StubController.Result;
import dev.bumpless.controller.audit.AuditLog;
import dev.bumpless.controller.audit.AuditRecord;
import dev.bumpless.controller.audit.ChainHead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditVerbsTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  @TempDir private Path folder;
  private StubController controller;
  private final List<AuditRecord> records = chain();

  @BeforeEach
  void start() throws IOException {
    controller = new StubController();
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  @Test
  void whatTheControllerHasIsCheckedHere() {
    controller.on("GET /api/v1/audit/export?after=0", 200, export(records));

    Result result = controller.run("audit", "verify");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out().lines())
        .containsExactly("intact: 4 records", "head: " + records.get(3).asHead());
    assertThat(result.err()).contains("--expect");
  }

  @Test
  void listsCallsWithWhatCameOfThem() {
    controller.on(
        "GET /api/v1/audit?limit=50",
        200,
        "["
            + line(records.get(1)).replace("OK", "BEGUN").replace("token", "ann")
            + ","
            + line(records.get(0))
            + "]");

    Result result = controller.run("get", "audit");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out().lines().map(line -> line.replaceAll(" {2,}", "|")))
        .containsExactly(
            "NUMBER|AT|ACTOR|FROM|ACTION|OBJECT|OUTCOME",
            "2|2026-11-25T10:00:00Z|ann|10.0.0.1|POST /api/v1/rollouts|apply pump 2|BEGUN",
            "1|2026-11-25T10:00:00Z|token|10.0.0.1|POST /api/v1/rollouts|apply pump 1|OK");
    assertThat(controller.run("get", "audit", "-o", "json").out()).contains("\"BEGUN\"");
  }

  @Test
  void anExportIsWrittenAsItCameAndCheckedWithoutAController() throws IOException {
    controller.on("GET /api/v1/audit/export?after=0", 200, export(records));
    Path file = Files.writeString(folder.resolve("audit"), controller.run("audit", "export").out());
    Map<String, String> nothing = Map.of();

    Result verified = controller.run(nothing, "", "audit", "verify", file.toString());

    assertThat(verified.exitCode()).as(verified.err()).isZero();
    assertThat(controller.run(nothing, Files.readString(file), "audit", "verify", "-").exitCode())
        .isZero();
    assertThat(controller.run(nothing, "", "audit", "verify", "nowhere").exitCode()).isEqualTo(2);
  }

  @Test
  void theFirstBrokenRecordIsNamedAndTheShellTold() throws IOException {
    Result changed = verify(export(records).replace("apply pump 2", "apply pump 9"));
    Result missing = verify(export(List.of(records.get(0), records.get(2), records.get(3))));

    assertThat(changed.exitCode()).isEqualTo(1);
    assertThat(changed.out()).startsWith("broken: record 2: it was changed");
    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(verify(export(records).replace("\"begun\":3", "\"begun\":2")).out())
        .startsWith("broken: record 4: it was changed");
    assertThat(verify(export(records).replace("\"begun\":3,", "")).out())
        .startsWith("broken: record 4: it was changed");
    assertThat(missing.out()).startsWith("broken: record 2: it is missing");
    assertThat(verify(export(records).replace("apply pump 2", "apply pump 9"), "-o", "json").out())
        .contains("\"intact\" : false")
        .contains("\"broken\" : 2");
  }

  @Test
  void aFileThatWasCutOffOrIsNoExportIsNotIntact() throws IOException {
    String whole = export(records);

    assertThat(verify(whole.substring(0, whole.indexOf("{\"end\"")))).satisfies(this::isCutOff);
    assertThat(verify("")).satisfies(this::isCutOff);
    for (String wrong : List.of("hello\n", "{}\n", "[1]\n", whole + whole, "{\"end\":\"x\"}\n")) {
      Result result = verify(wrong);
      assertThat(result.exitCode()).as(wrong).isEqualTo(1);
      assertThat(result.err()).as(wrong).contains("is no record of an audit");
    }
  }

  @Test
  void whatAnotherReaderWouldSeeAndTheHashDoesNotHoldIsNotIntact() throws IOException {
    String whole = export(records);
    String forged = "\"actor\":\"eve\"";
    String second = line(records.get(1)).strip();

    for (String tampered :
        List.of(
            whole.replace(second, second + second),
            whole.replace(second, second + "{" + forged + "}"),
            whole.replace(second, "{" + forged + "," + second.substring(1)),
            whole.replace(second, "{\"note\":\"x\"," + second.substring(1)),
            whole.replace("apply pump 2", "apply\\u001bpump 2"),
            whole.replace("10:00:00Z", "10:00:00.000000001Z"),
            whole.replace("{\"end\"", "{" + forged + ",\"end\""))) {
      assertThat(tampered).isNotEqualTo(whole);
      Result result = verify(tampered);
      assertThat(result.exitCode()).as(tampered).isEqualTo(1);
      assertThat(result.err()).as(tampered).contains("is no record of an audit");
    }
  }

  @Test
  void aHeadThatCannotBeMetIsNoProof() throws IOException {
    String part = export(records.subList(2, 4));
    String start = records.get(1).asHead().toString();
    String earlier = records.get(0).asHead().toString();
    String other = "2:" + records.get(0).hash();

    assertThat(verify(part, "--after", start, "--expect", earlier).exitCode()).isEqualTo(2);
    assertThat(verify(part, "--after", start, "--expect", other).exitCode()).isEqualTo(2);
    assertThat(verify(part, "--after", start, "--expect", start).exitCode()).isZero();
  }

  @Test
  void aTailThatIsGoneIsFoundByTheHeadThatWasNoted() throws IOException {
    ChainHead noted = records.get(3).asHead();
    String cut = export(records.subList(0, 3));

    assertThat(verify(cut).exitCode()).isZero();
    Result result = verify(cut, "--expect", noted.toString());
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out()).startsWith("broken: record 4: it is missing: the newest were cut off");
    assertThat(verify(export(records), "--expect", noted.toString()).exitCode()).isZero();
    assertThat(verify(cut, "--expect", "4").exitCode()).isEqualTo(2);
  }

  @Test
  void aPartIsCheckedFromWhereItBegins() throws IOException {
    ChainHead before = records.get(1).asHead();
    String part = export(records.subList(2, 4));
    controller.on("GET /api/v1/audit/export?after=2", 200, part);

    assertThat(verify(part).out()).startsWith("broken: record 1: it is missing");
    assertThat(verify(part, "--after", before.toString()).out()).startsWith("intact: 2 records");
    assertThat(controller.run("audit", "verify", "--after", before.toString()).exitCode()).isZero();
    assertThat(controller.run("audit", "export", "--after", "2").out()).isEqualTo(part);
  }

  private void isCutOff(Result result) {
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("cut off");
  }

  private Result verify(String export, String... more) throws IOException {
    Path file = Files.writeString(folder.resolve("export"), export);
    List<String> args = new ArrayList<>(List.of("audit", "verify", file.toString()));
    args.addAll(List.of(more));
    return controller.run(Map.of(), "", args.toArray(String[]::new));
  }

  private static String export(List<AuditRecord> records) {
    String end = records.get(records.size() - 1).asHead().toString();
    return records.stream().map(AuditVerbsTest::line).collect(Collectors.joining())
        + "{\"end\":\""
        + end
        + "\"}\n";
  }

  private static String line(AuditRecord record) {
    AuditLog.Entry entry = record.entry();
    return Api.JSON
            .createObjectNode()
            .put("number", record.number())
            .put("at", entry.at().toString())
            .put("actor", entry.actor())
            .put("from", entry.from())
            .put("action", entry.action())
            .put("object", entry.object())
            .put("outcome", entry.outcome())
            .<ObjectNode>setAll(begun(entry))
            .put("previous", record.previous())
            .put("hash", record.hash())
            .toString()
        + "\n";
  }

  private static ObjectNode begun(AuditLog.Entry entry) {
    ObjectNode begun = Api.JSON.createObjectNode();
    entry.begun().ifPresent(number -> begun.put("begun", number));
    return begun;
  }

  private static List<AuditRecord> chain() {
    List<AuditRecord> chain = new ArrayList<>();
    ChainHead head = ChainHead.NONE;
    for (int i = 1; i <= 4; i++) {
      AuditRecord next =
          AuditRecord.following(
              head,
              new AuditLog.Entry(
                  NOW,
                  "token",
                  "10.0.0.1",
                  "POST /api/v1/rollouts",
                  "apply pump " + i,
                  "OK",
                  i == 4 ? OptionalLong.of(3) : OptionalLong.empty()));
      chain.add(next);
      head = next.asHead();
    }
    return chain;
  }
}
