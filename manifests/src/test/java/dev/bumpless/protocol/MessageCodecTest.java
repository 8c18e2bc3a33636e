package dev.bumpless.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Opening;
import dev.bumpless.trust.Envelope;
import dev.bumpless.trust.Root;
import dev.bumpless.trust.Signer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageCodecTest {
  private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final Revision REVISION = new Revision(ReleaseId.parse("pump@7"), 2);
  private static final Envelope ENVELOPE =
      new Envelope(Envelope.ORDER, "e30=", List.of(new Envelope.Signature("ab", "cd")));
  private static final AppReport REPORT =
      new AppReport(
          Samples.PUMP,
          ID,
          12,
          Phase.BAKING,
          Optional.of(REVISION),
          Optional.empty(),
          Optional.of("green"),
          Optional.of(Duration.ofNanos(3_141_592)),
          Optional.empty(),
          Optional.empty(),
          List.of(new AppReport.StepTime("PULLING", Duration.ofMillis(812))),
          "baking \"it\" – 30 s\n",
          Map.of("0/main", "running"),
          Samples.NOW);

  private static final Order.Terms INSIDE =
      Order.Terms.inside(
          new Opening(
              Instant.parse("2026-11-29T01:00:00Z"), Instant.parse("2026-11-29T03:00:00Z")));

  private final MessageCodec codec = Samples.codec();

  static Stream<Record> everyMessage() {
    return Stream.of(
        Samples.release("pump", 7, 3),
        order(new Order.Run(REVISION, "ab".repeat(32))),
        order(new Order.Stop(Samples.PUMP)),
        order(new Order.Delete(Samples.PUMP)),
        withTerms(Order.Terms.FORCED),
        withTerms(INSIDE),
        withTerms(Order.Terms.cancelled("the rollout is ABORTED: by hand")),
        new LogQuery(
            ID,
            Samples.DEVICE,
            Samples.PUMP,
            Optional.of("main"),
            Optional.empty(),
            100,
            true,
            false,
            Samples.NOW),
        new LogChunk(ID, 0, "line\n\u0000\u20ac", true, ""),
        ENVELOPE,
        new Assignment(ENVELOPE, Optional.of(ENVELOPE)),
        new Assignment(ENVELOPE, Optional.empty()),
        new Presence(Samples.DEVICE, ID, 1, true, 7),
        new DesiredRequest(Samples.DEVICE, ID, Map.of(Samples.PUMP, 4L, new AppName("b"), 1L)),
        new ReportAck(ID, 3),
        new PullProgress(Samples.DEVICE, Samples.PUMP, ID, "image", 1, 1L << 40),
        report(List.of(REPORT)),
        Root.of(Signer.generate().key(), Signer.generate().key()));
  }

  private static Order order(Order.Action action) {
    return new Order(
        ID, Samples.DEVICE, 12, Samples.NOW, Samples.NOW.plusNanos(86_400_000_000_001L), action);
  }

  private static Order withTerms(Order.Terms terms) {
    Order o = order(new Order.Stop(Samples.PUMP));
    return new Order(
        o.id(),
        o.device(),
        o.sequence(),
        o.issuedAt(),
        o.expires(),
        o.action(),
        Optional.of(terms));
  }

  private static DeviceReport report(List<AppReport> apps) {
    return new DeviceReport(
        Samples.DEVICE,
        ID,
        1,
        Samples.NOW,
        new DeviceReport.Inventory("linux/arm64", "20.10", "0.1.0", 1L << 33, 1 << 20),
        Map.of("site", "plant-a"),
        apps,
        List.of(new DeviceReport.Rejection(Samples.NOW, "REPLAYED", "why")),
        List.of(
            new UpdateLease("batch-7", Optional.of(Samples.PUMP), "filling", Samples.NOW),
            new UpdateLease("ann", Optional.empty(), "the cabinet is open", Samples.NOW)));
  }

  @ParameterizedTest
  @MethodSource("everyMessage")
  void everyMessageComesBackAsItWent(Record message) throws Exception {
    assertThat(codec.decode(codec.encode(message), message.getClass())).isEqualTo(message);
  }

  @ParameterizedTest
  @MethodSource("everyMessage")
  void noMessageIsAcceptedCutOffOrWithSomethingBehindIt(Record message) {
    String json = new String(codec.encode(message), UTF_8);
    for (int length = 0; length < json.length(); length++) {
      String cut = json.substring(0, length);
      assertThatThrownBy(() -> decode(cut, message.getClass()))
          .as(cut)
          .isInstanceOf(MalformedMessageException.class);
    }
    for (String more : List.of("{}", "x", "]", " 1", json)) {
      assertThatThrownBy(() -> decode(json + more, message.getClass()))
          .isInstanceOf(MalformedMessageException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("everyMessage")
  void noMessageHoldsAKeyTwice(Record message) {
    String json = new String(codec.encode(message), UTF_8);
    String again = "," + json.substring(1, json.indexOf(':')) + ":null}";
    assertThatThrownBy(() -> decode(json.replaceFirst("}$", again), message.getClass()))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("Duplicate");
  }

  @Test
  void whatAnOlderAgentDoesNotSayYetIsNothing() throws Exception {
    String json = new String(codec.encode(report(List.of())), UTF_8);
    String older =
        json.replace("\"labels\":{\"site\":\"plant-a\"},", "")
            .replaceFirst(",\"leases\":\\[.*?\\]", "");

    assertThat(older).doesNotContain("labels", "leases");
    DeviceReport read = decode(older, DeviceReport.class);
    assertThat(read.labels()).isEmpty();
    assertThat(read.leases()).isEmpty();
  }

  @Test
  void anAgentThatKnowsNoTermsRefusesAnOrderThatHasThem() {
    assertThat(json(withTerms(Order.Terms.FORCED))).endsWith(",\"terms\":{\"force\":true}}");
    assertThat(json(withTerms(INSIDE)))
        .endsWith(
            ",\"terms\":{\"force\":false,\"opening\":{\"from\":\"2026-11-29T01:00:00Z\","
                + "\"until\":\"2026-11-29T03:00:00Z\"}}}");
    assertThat(json(withTerms(Order.Terms.cancelled("why"))))
        .endsWith(",\"terms\":{\"force\":false,\"cancelled\":\"why\"}}");
  }

  @Test
  void termsThatContradictEachOtherOrNeverComeAreNone() {
    String inside = json(withTerms(INSIDE));

    assertThatThrownBy(
            () -> decode(inside.replace("\"force\":false", "\"force\":true"), Order.class))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("one of them");
    assertThatThrownBy(() -> decode(inside.replace("11-29T03", "11-29T01"), Order.class))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("is none");
  }

  private String json(Order order) {
    return new String(codec.encode(order), UTF_8);
  }

  @Test
  void aLeaseThatNobodyShouldReadIsNone() {
    String json = new String(codec.encode(report(List.of())), UTF_8);
    assertThatThrownBy(() -> decode(json.replace("filling", "\\u001b[2J"), DeviceReport.class))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("printable");
  }

  @Test
  void looksAsDocumented() {
    assertThat(new String(codec.encode(order(new Order.Run(REVISION, "ab"))), UTF_8))
        .isEqualTo(
            "{\"id\":\"00112233-4455-6677-8899-aabbccddeeff\",\"device\":\"dev-1\",\"sequence\":12,"
                + "\"issuedAt\":\"2026-11-25T10:00:00Z\","
                + "\"expires\":\"2026-11-26T10:00:00.000000001Z\",\"action\":{\"type\":\"run\","
                + "\"revision\":{\"release\":\"pump@7\",\"attempt\":2},\"releaseSha256\":\"ab\"}}");
    assertThat(new String(codec.encode(REPORT_ONLY), UTF_8))
        .contains("\"gap\":3.141592")
        .contains("\"phase\":\"BAKING\"")
        .contains("\"steps\":[{\"name\":\"PULLING\",\"took\":812.0}]")
        .doesNotContain("\"hold\"")
        .doesNotContain("\"serving\"");
  }

  private static final DeviceReport REPORT_ONLY = report(List.of(REPORT));

  @Test
  void whatWasSignedHoldsNoUnknownKeyButAReportMay() throws Exception {
    String order = new String(codec.encode(order(new Order.Stop(Samples.PUMP))), UTF_8);
    assertThatThrownBy(() -> decode(order.replace("{\"id\"", "{\"new\":1,\"id\""), Order.class))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("new");
    assertThatThrownBy(() -> decode(order.replace("{\"type\"", "{\"new\":1,\"type\""), Order.class))
        .isInstanceOf(MalformedMessageException.class);
    String report = new String(codec.encode(REPORT_ONLY), UTF_8);
    String newer = report.replace("{\"app\"", "{\"new\":{\"deep\":[1]},\"app\"");
    assertThat(newer).isNotEqualTo(report);
    assertThat(decode(newer, DeviceReport.class)).isEqualTo(REPORT_ONLY);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"sequence\":12|\"sequence\":\"12\"",
        "\"sequence\":12|\"sequence\":12.0",
        "\"sequence\":12|\"sequence\":12e0",
        "\"sequence\":12|\"sequence\":null",
        "\"sequence\":12|\"sequence\":true",
        "\"sequence\":12|\"sequence\":99999999999999999999",
        "\"sequence\":12,|''",
        "\"device\":\"dev-1\"|\"device\":\"+\"",
        "\"device\":\"dev-1\"|\"device\":7",
        "\"device\":\"dev-1\"|\"device\":null",
        "\"device\":\"dev-1\",|''",
        "\"type\":\"stop\"|\"type\":\"shell\"",
        "\"type\":\"stop\",|''",
        "\"issuedAt\":\"2026|\"issuedAt\":\"yesterday",
        "\"issuedAt\":\"2026-11-25T10:00:00Z\"|\"issuedAt\":1",
        "{\"type\"|[{\"type\"",
        "\"id\":\"0011|\"id\":\"11",
        "{\"id\"|{id",
        "{\"id\"|{'id'",
        "{\"id\"|{/**/\"id\"",
      })
  void anOrderWithAnotherShapeIsRefused(String right, String wrong) throws Exception {
    String order = new String(codec.encode(order(new Order.Stop(Samples.PUMP))), UTF_8);
    decode(order, Order.class);
    assertThat(order).contains(right);
    assertThatThrownBy(() -> decode(order.replace(right, wrong), Order.class))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageStartingWith("no Order: ");
  }

  @Test
  void aReleaseThatContradictsItselfIsRefused() {
    String release = new String(codec.encode(Samples.release("pump", 7, 3)), UTF_8);
    assertThatThrownBy(() -> decode(release.replace("\"floor\":3", "\"floor\":8"), Release.class))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("floor 8 is above release pump@7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "null", "1", "\"x\"", "[]", "{}", "\u0000", "{\"a\":"})
  void nonsenseIsRefused(String json) {
    for (Record message : everyMessage().toList()) {
      assertThatThrownBy(() -> decode(json, message.getClass()))
          .isInstanceOf(MalformedMessageException.class);
    }
  }

  @Test
  void nestingBeyondSixteenIsRefusedWithoutAStackOverflow() {
    String bomb = "{\"unknown\":" + "[".repeat(100_000);
    assertThatThrownBy(() -> decode(bomb, DeviceReport.class))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("16");
    String inPlace = "{\"apps\":" + "[".repeat(100_000);
    assertThatThrownBy(() -> decode(inPlace, DeviceReport.class))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void tenMegabytesAreRefusedUnread() {
    assertThatThrownBy(() -> codec.decode(new byte[10 << 20], Assignment.class))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("10485760 bytes, limit 262144");
  }

  @Test
  void nothingIsWrittenThatNobodyWouldRead() {
    LogChunk huge = new LogChunk(ID, 0, "x".repeat(Envelope.MAX_BYTES), false, "");
    assertThatThrownBy(() -> codec.encode(huge)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> codec.encode(REVISION)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void otherEncodingsThanUtf8AreRefused() {
    byte[] utf16 =
        new String(codec.encode(REPORT_ONLY), UTF_8)
            .getBytes(java.nio.charset.StandardCharsets.UTF_16BE);
    assertThatThrownBy(() -> codec.decode(utf16, DeviceReport.class))
        .isInstanceOf(MalformedMessageException.class);
    assertThatThrownBy(
            () -> codec.decode(new byte[] {'"', (byte) 0xC0, (byte) 0x80, '"'}, Order.class))
        .isInstanceOf(MalformedMessageException.class);
  }

  private <T extends Record> T decode(String json, Class<T> type) throws MalformedMessageException {
    return codec.decode(json.getBytes(UTF_8), type);
  }
}
