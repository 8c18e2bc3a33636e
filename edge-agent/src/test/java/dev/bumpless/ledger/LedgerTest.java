package dev.bumpless.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.ledger.FaultyServer.Fault;
import dev.bumpless.ledger.LedgerReport.ShapeReport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The ledger against a server that is right, and against one that is wrong in each known way. */
class LedgerTest {
  private static final double RATE = 200;
  private static final int FAULT_EVERY = 20;

  @ParameterizedTest
  @EnumSource(Shape.class)
  void booksEveryRequestOfAGoodServerAsAnswered(Shape shape) throws IOException {
    ShapeReport report = run(shape, Fault.NONE, 60);

    assertThat(report.lost()).isZero();
    assertThat(report.answered()).isEqualTo(report.sent()).isGreaterThanOrEqualTo(60);
  }

  static Stream<Arguments> faults() {
    EnumSet<Fault> losses = EnumSet.complementOf(EnumSet.of(Fault.NONE, Fault.STALL, Fault.MOVE));
    return Arrays.stream(Shape.values())
        .flatMap(shape -> losses.stream().map(fault -> Arguments.of(shape, fault)));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void countsWhatAFaultyServerLoses(Shape shape, Fault fault) throws IOException {
    ShapeReport report = run(shape, fault, 3 * FAULT_EVERY);

    assertThat(report.answered() + report.failed()).isEqualTo(report.sent());
    assertThat(report.lost()).isGreaterThanOrEqualTo(3);
    assertThat(report.answered()).isPositive();
  }

  @ParameterizedTest
  @EnumSource(
      value = Shape.class,
      names = {"NEW", "KEEPALIVE", "PIPELINED", "CHUNKED", "WEBSOCKET", "TCP"})
  void showsAStallInTheLatencyButLosesNothing(Shape shape) throws IOException {
    try (FaultyServer server = new FaultyServer(Fault.STALL, FAULT_EVERY, shape == Shape.TCP)) {
      ShapeReport report = run(patient(server).with(shape, RATE), shape, 2 * FAULT_EVERY);

      assertThat(report.lost()).isZero();
      assertThat(report.maxMs()).isGreaterThanOrEqualTo(FaultyServer.STALL_MS - 1);
    }
  }

  @Test
  void makesEveryRequestThatFellIntoAStallWaitFromWhenItWasDue() throws IOException {
    try (FaultyServer server = new FaultyServer(Fault.STALL, 150, false)) {
      Options options = patient(server).with(Shape.PIPELINED, 400);
      ShapeReport report = run(options, Shape.PIPELINED, 300);

      // 400 ms at 400 a second on two connections: about 80 requests wait behind one stalled.
      assertThat(report.p99Ms()).isGreaterThan(FaultyServer.STALL_MS / 2);
      assertThat(report.sent()).isGreaterThanOrEqualTo(300);
    }
  }

  @Test
  void measuresAnOutageAsAGapFromTheFirstWhoWaitsToTheFirstAnswer() throws IOException {
    FaultyServer server = new FaultyServer(Fault.NONE, 1, false);
    InetSocketAddress address = server.address();
    try (Ledger ledger = Ledger.start(fast(server).with(Shape.NEW, RATE))) {
      awaitSent(ledger, 20);
      server.close();
      long down = ledger.snapshot().sent();
      awaitSent(ledger, down + 50);
      try (FaultyServer again = new FaultyServer(Fault.NONE, 1, false, address.getPort())) {
        assertThat(again.address()).isEqualTo(address);
        awaitSent(ledger, down + 80);
      }
      ShapeReport report = ledger.stop().of(Shape.NEW);

      assertThat(report.failures()).containsKey(Reason.REFUSED);
      assertThat(report.lost()).isGreaterThanOrEqualTo(50);
      assertThat(report.gapMs()).isBetween(200.0, 1500.0);
    }
  }

  @Test
  void takesAWebSocketClosedWith1012AsMovedAndSendsWhatWasUnderWayAgain() throws IOException {
    ShapeReport report = run(Shape.WEBSOCKET, Fault.MOVE, 100);

    assertThat(report.lost()).isZero();
    assertThat(report.moved()).isGreaterThanOrEqualTo(4);
    assertThat(report.resent()).isGreaterThanOrEqualTo(4);
  }

  @Test
  void tellsWhichVersionAnsweredWhen() throws IOException {
    try (FaultyServer server = new FaultyServer(Fault.NONE, 1, false);
        Ledger ledger = Ledger.start(fast(server).with(Shape.KEEPALIVE, RATE))) {
      awaitSent(ledger, 20);
      LedgerReport report = ledger.stop();

      assertThat(report.versions()).hasSize(1);
      assertThat(report.versions().get(0).version()).isEqualTo("one");
      assertThat(report.versions().get(0).answers()).isEqualTo(report.answered());
    }
  }

  @Test
  void printsATableAndJsonThatAgree() throws IOException {
    try (FaultyServer server = new FaultyServer(Fault.ERROR, FAULT_EVERY, false);
        Ledger ledger = Ledger.start(fast(server).with(Shape.NEW, RATE).with(Shape.SLOW, RATE))) {
      awaitSent(ledger, 60);
      LedgerReport report = ledger.stop();

      assertThat(ReportText.of(report))
          .contains("new ", "slow ", "wrong status", report.lost() + " of " + report.sent());
      assertThat(ReportJson.of(report))
          .contains("\"lost\":" + report.lost() + ",", "\"WRONG_STATUS\":", "\"shape\":\"slow\"");
    }
  }

  @Test
  void understandsItsCommandLine() {
    CommandLine line =
        CommandLine.parse(
            List.of(
                "--target",
                "127.0.0.1:1880",
                "--shapes",
                "new:50,idle,slow",
                "--rate",
                "30",
                "--duration",
                "1500ms",
                "--get",
                "/settings"));

    assertThat(line.options().rates())
        .containsEntry(Shape.NEW, 50.0)
        .containsEntry(Shape.IDLE, Options.IDLE_RATE)
        .containsEntry(Shape.SLOW, 30.0);
    assertThat(line.duration()).contains(Duration.ofMillis(1500));
    assertThat(line.options().getPath()).isEqualTo("/settings");
  }

  private static Options patient(FaultyServer server) {
    return Options.on(server.address());
  }

  private static Options fast(FaultyServer server) {
    return Options.on(server.address())
        .withTimes(Duration.ofMillis(700), Duration.ofMillis(150), Duration.ofMillis(200));
  }

  private static ShapeReport run(Shape shape, Fault fault, int requests) throws IOException {
    try (FaultyServer server = new FaultyServer(fault, FAULT_EVERY, shape == Shape.TCP)) {
      return run(fast(server).with(shape, RATE), shape, requests);
    }
  }

  private static ShapeReport run(Options options, Shape shape, int requests) {
    try (Ledger ledger = Ledger.start(options)) {
      awaitSent(ledger, requests);
      return ledger.stop().of(shape);
    }
  }

  private static void awaitSent(Ledger ledger, long requests) {
    await().pollInterval(Duration.ofMillis(20)).until(() -> ledger.snapshot().sent() >= requests);
  }
}
