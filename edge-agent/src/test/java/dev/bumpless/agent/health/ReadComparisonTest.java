package dev.bumpless.agent.health;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.agent.swap.Apps;
import dev.bumpless.agent.swap.Comparison.Difference;
import dev.bumpless.agent.swap.Comparison.Round;
import dev.bumpless.agent.swap.Slot;
import dev.bumpless.agent.swap.StateTransfer.Side;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Compare;
import dev.bumpless.manifest.Port;
import dev.bumpless.manifest.RegisterRange;
import dev.bumpless.manifest.RegisterRange.Table;
import dev.bumpless.manifest.StatePolicy;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
import dev.bumpless.rig.Sides;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two versions on loopback addresses of their own. */
class ReadComparisonTest {
  private static final Duration PLENTY = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final String OLD = "127.0.0.1";
  private static final String YOUNG = "127.0.0.2";

  private final ModbusAnswers old = new ModbusAnswers();
  private final ModbusAnswers young = new ModbusAnswers();
  private ScriptedServer oldServer;
  private ScriptedServer youngServer;

  @AfterEach
  void stop() throws IOException {
    oldServer.close();
    youngServer.close();
  }

  @Test
  void versions_that_agree_have_no_differences_and_all_is_counted() throws Exception {
    old.set("holding", 7, 5).set("coils", 3, 1);
    young.set("holding", 7, 5).set("coils", 3, 1);

    Round round = compareValues(List.of(range(Table.HOLDING, 0, 1999), range(Table.COILS, 0, 255)));

    assertThat(round.differences()).isEmpty();
    assertThat(round.asked()).isEqualTo(2256);
  }

  @Test
  void a_difference_is_told_with_its_place_and_both_values() throws Exception {
    old.set("holding", 1307, 5).set("coils", 9, 1);
    young.set("holding", 1307, 6);

    Round round = compareValues(List.of(range(Table.HOLDING, 0, 1999), range(Table.COILS, 0, 255)));

    assertThat(round.differences())
        .containsExactlyInAnyOrder(
            new Difference("unit 1 holding 1307", "6 in the new version, 5 in the old version"),
            new Difference("unit 1 coils 9", "0 in the new version, 1 in the old version"));
  }

  @Test
  void what_the_old_one_itself_answers_differently_is_no_difference() throws Exception {
    old.counter("holding", 4);

    assertThat(compareValues(List.of(range(Table.HOLDING, 0, 9))).differences()).isEmpty();
  }

  @Test
  void no_more_than_ten_differences_are_told() throws Exception {
    for (int i = 0; i < 300; i++) {
      young.set("holding", i, 1);
    }

    assertThat(compareValues(List.of(range(Table.HOLDING, 0, 299))).differences())
        .hasSize(Round.MOST_DIFFERENCES);
  }

  @Test
  void what_neither_has_agrees_and_hides_nothing_beside_it() throws Exception {
    old.hole("holding", 50).hole("holding", 51).set("holding", 52, 7);
    young.hole("holding", 50).hole("holding", 51);

    Round round = compareValues(List.of(range(Table.HOLDING, 0, 99)));

    assertThat(round.differences())
        .containsExactly(
            new Difference("unit 1 holding 52", "0 in the new version, 7 in the old version"));
    assertThat(round.asked()).isEqualTo(100);
  }

  @Test
  void what_only_one_has_is_a_difference() throws Exception {
    old.set("holding", 50, 3);
    young.hole("holding", 50);

    assertThat(compareValues(List.of(range(Table.HOLDING, 0, 99))).differences())
        .containsExactly(
            new Difference(
                "unit 1 holding 50", "exception 02 in the new version, 3 in the old version"));
  }

  @Test
  void a_range_of_holes_alone_is_given_up() throws Exception {
    for (int i = 0; i < 4000; i++) {
      old.hole("holding", i);
      young.hole("holding", i);
    }

    assertThat(compareValues(List.of(range(Table.HOLDING, 0, 3999))).differences())
        .singleElement()
        .asString()
        .contains("too many values are not there: name the ranges that are");
  }

  @Test
  void what_is_skipped_changing_or_meant_to_differ_is_left_out() throws Exception {
    young.set("holding", 1, 1).set("holding", 2, 1).set("holding", 3, 1);
    StatePolicy.Modbus state =
        state(
            List.of(1),
            List.of(range(Table.HOLDING, 0, 9)),
            List.of(range(Table.HOLDING, 1, 1)),
            List.of(range(Table.HOLDING, 2, 2)));

    Round round =
        compareValues(
            state, new Compare(PLENTY, List.of(), List.of(range(Table.HOLDING, 3, 3)), List.of()));

    assertThat(round.differences()).isEmpty();
    assertThat(round.asked()).isEqualTo(7);
  }

  @Test
  void what_is_to_be_read_beside_is_read_of_any_table_and_every_unit() throws Exception {
    young.set("input", 8, 1);
    StatePolicy.Modbus state =
        state(List.of(1, 2), List.of(range(Table.HOLDING, 0, 0)), List.of(), List.of());

    Round round =
        compareValues(
            state,
            new Compare(
                PLENTY,
                List.of(range(Table.INPUT, 8, 8), range(Table.DISCRETE, 0, 7)),
                List.of(),
                List.of()));

    assertThat(round.differences())
        .extracting(Difference::place)
        .containsExactly("unit 1 input 8", "unit 2 input 8");
    assertThat(round.asked()).isEqualTo(20);
  }

  @Test
  void no_request_asks_for_more_than_the_protocol_allows() throws Exception {
    compareValues(List.of(range(Table.HOLDING, 0, 260), range(Table.COILS, 0, 2500)));

    assertThat(old.asked())
        .containsExactly(
            "unit 1 coils 0+2000",
            "unit 1 coils 2000+501",
            "unit 1 holding 0+125",
            "unit 1 holding 125+125",
            "unit 1 holding 250+11");
  }

  @Test
  void a_new_version_that_answers_another_question_is_a_difference() throws Exception {
    young.lying();

    assertThat(compareValues(List.of(range(Table.HOLDING, 0, 9))).differences())
        .containsExactly(
            new Difference(
                "unit 1 holding 0-9", "the new version: the answer is to another question"));
  }

  @Test
  void a_silent_new_version_is_a_difference_within_the_timeout_of_one_read() throws Exception {
    serve(old, client -> client.getInputStream().transferTo(OutputStream.nullOutputStream()));

    long begin = System.nanoTime();
    Round round = compare(app(state(List.of(range(Table.HOLDING, 0, 1999))), nothing()), SHORT);

    assertThat(round.differences()).singleElement().asString().contains("the new version: ");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void a_new_version_that_hangs_up_in_an_answer_is_a_difference() throws Exception {
    serve(
        old,
        client -> {
          client.getInputStream().readNBytes(12);
          client.getOutputStream().write(new byte[] {0, 1, 0, 0, 0, 23, 1, 3, 20, 0});
        });

    Round round = compare(app(state(List.of(range(Table.HOLDING, 0, 9))), nothing()), PLENTY);

    assertThat(round.differences()).singleElement().asString().contains("closed after");
  }

  @Test
  void a_new_version_that_answers_fewer_values_is_a_difference() throws Exception {
    serve(
        old,
        client -> {
          client.getInputStream().readNBytes(12);
          client.getOutputStream().write(new byte[] {0, 1, 0, 0, 0, 5, 1, 3, 2, 0, 0});
        });

    Round round = compare(app(state(List.of(range(Table.HOLDING, 0, 9))), nothing()), PLENTY);

    assertThat(round.differences()).singleElement().asString().contains("what came is not that");
  }

  @Test
  void documents_that_agree_count_one_each() throws Exception {
    serve(ok("", "same"), ok("", "same"));

    Round round = compare(document(List.of(), List.of()));

    assertThat(round.differences()).isEmpty();
    assertThat(round.asked()).isEqualTo(1);
  }

  @Test
  void another_status_is_told_and_nothing_else() throws Exception {
    serve(ok("", "same"), ScriptedServer.answer("HTTP/1.1 503 Busy\r\n\r\nother"));

    assertThat(compare(document(List.of(), List.of())).differences())
        .containsExactly(
            new Difference("GET /status status", "503 in the new version, 200 in the old version"));
  }

  @Test
  void another_body_is_told_by_size_and_hash() throws Exception {
    serve(ok("", "one"), ok("", "three"));

    Round round = compare(document(List.of(), List.of()));

    assertThat(round.differences())
        .singleElement()
        .extracting(Difference::place)
        .isEqualTo("GET /status body");
    assertThat(round.differences().get(0).found())
        .contains("5 bytes, SHA-256 ")
        .contains(" in the new version, 3 bytes, SHA-256 ");
  }

  @Test
  void a_header_that_is_named_is_compared() throws Exception {
    serve(ok("X-Mode: auto\r\nDate: 1\r\n", "a"), ok("x-mode: manual\r\nDate: 2\r\n", "a"));

    assertThat(compare(document(List.of("X-Mode", "X-None"), List.of())).differences())
        .containsExactly(
            new Difference(
                "GET /status header X-Mode", "manual in the new version, auto in the old version"));
  }

  @Test
  void of_json_the_named_fields_are_compared_whatever_their_order() throws Exception {
    serve(
        ok("", "{\"a\":{\"x\":1,\"y\":[2]},\"b\":true,\"at\":1}"),
        ok("", "{\"at\":2,\"b\":false,\"a\":{\"y\":[2],\"x\":1}}"));

    assertThat(compare(document(List.of(), List.of("/a", "/b", "/none"))).differences())
        .containsExactly(
            new Difference(
                "GET /status json /b", "false in the new version, true in the old version"));
  }

  @Test
  void what_is_no_json_cannot_be_compared_and_is_told() throws Exception {
    serve(ok("", "<html>"), ok("", "<html>"));

    assertThat(compare(document(List.of(), List.of("/a"))).differences())
        .singleElement()
        .asString()
        .startsWith("GET /status: the old version: no JSON");
  }

  @Test
  void a_document_that_the_old_one_itself_answers_differently_is_no_difference() throws Exception {
    int[] asked = {0};
    serve(client -> ok("", "at " + asked[0]++).serve(client), ok("", "at noon"));

    assertThat(compare(document(List.of(), List.of())).differences()).isEmpty();
  }

  @Test
  void a_document_without_end_is_given_up_at_the_timeout() throws Exception {
    serve(
        ok("", "a"),
        client -> {
          client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
          while (true) {
            client.getOutputStream().write('x');
          }
        });

    assertThat(compare(app(List.of(), document(List.of(), List.of())), SHORT).differences())
        .singleElement()
        .asString()
        .isEqualTo("GET /status: the new version: no end within 300 ms");
  }

  @Test
  void a_large_document_of_json_is_refused() throws Exception {
    String large = "{\"a\":\"" + "x".repeat(2_000_000) + "\"}";
    serve(ok("", large), ok("", large));

    assertThat(compare(document(List.of(), List.of("/a"))).differences())
        .singleElement()
        .asString()
        .contains("longer than 1 MiB");
  }

  private Round compareValues(List<RegisterRange> copy) throws IOException {
    serve(old, young);
    return compare(app(state(copy), nothing()), PLENTY);
  }

  private Round compareValues(StatePolicy.Modbus state, Compare compare) throws IOException {
    serve(old, young);
    return compare(app(List.of(state), compare), PLENTY);
  }

  private Round compare(Compare compare) {
    return compare(app(List.of(), compare), PLENTY);
  }

  private static Round compare(App app, Duration timeout) {
    Side blue = Sides.running(Slot.BLUE, "web", "blue-id", OLD);
    Side green = Sides.running(Slot.GREEN, "web", "green-id", YOUNG);
    return new ReadComparison().compare(app, blue, green, timeout);
  }

  private void serve(ScriptedServer.Script ofOld, ScriptedServer.Script ofYoung)
      throws IOException {
    oldServer = new ScriptedServer(OLD, 0, ofOld);
    youngServer = new ScriptedServer(YOUNG, oldServer.port(), ofYoung);
  }

  /** Of the old one's port, whatever its route is. */
  private App app(List<StatePolicy> state, Compare compare) {
    App app = Apps.app(Apps.PUMP, 1, 1, Strategy.BLUE_GREEN, 502);
    return new App(
        app.name(),
        app.containers(),
        List.of(
            new Port(Optional.empty(), 502, "web", oldServer.port(), Port.Protocol.MODBUS),
            new Port(Optional.empty(), 80, "web", 8080, Port.Protocol.HTTP)),
        app.health(),
        app.probe(),
        1,
        app.upgrade(),
        state,
        Optional.of(compare),
        app.policy(),
        app.waivers());
  }

  private Compare document(List<String> headers, List<String> json) {
    return new Compare(
        PLENTY,
        List.of(),
        List.of(),
        List.of(new Compare.Document("web", oldServer.port(), "/status", headers, json)));
  }

  private static Compare nothing() {
    return new Compare(PLENTY, List.of(), List.of(), List.of());
  }

  private static List<StatePolicy> state(List<RegisterRange> copy) {
    return List.of(state(List.of(1), copy, List.of(), List.of()));
  }

  private static StatePolicy.Modbus state(
      List<Integer> units,
      List<RegisterRange> copy,
      List<RegisterRange> skip,
      List<RegisterRange> changing) {
    return new StatePolicy.Modbus(
        Optional.empty(), new TreeSet<>(units), copy, skip, changing, StatePolicy.ReadOnly.IGNORE);
  }

  private static RegisterRange range(Table table, int first, int last) {
    return new RegisterRange(table, first, last);
  }

  private static ScriptedServer.Script ok(String headers, String body) {
    return ScriptedServer.answer(
        "HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s"
            .formatted(headers, body.length(), body));
  }
}
