package dev.bumpless.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.ledger.Ledger;
import dev.bumpless.ledger.LedgerReport;
import dev.bumpless.ledger.ReportText;
import dev.bumpless.system.WholeSystem.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A part that goes away in the middle of an upgrade: the upgrade ends, and no client saw it. */
class PartsAwayIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long PATIENCE_SECONDS = 90;

  @TempDir private static Path folder;
  private static WholeSystem system;
  private Ledger load;

  @BeforeAll
  static void start() throws Exception {
    system = WholeSystem.start(folder);
    system.push("1", "one");
    system.push("2", "two");
    system.push("moving", "before");
  }

  @AfterAll
  static void stop() throws Exception {
    system.close();
  }

  @BeforeEach
  void somethingServes() throws Exception {
    Result result = begin(system.manifest("1", "ok")).join();
    assertThat(result.exitCode()).as(result.err()).isZero();
    load = system.load();
  }

  @AfterEach
  void noClientSawIt() {
    LedgerReport report = load.stop();
    assertThat(report.lost()).as(ReportText.of(report)).isZero();
    assertThat(report.answered()).isPositive();
  }

  private static CompletableFuture<Result> begin(Path manifest) {
    return system.start("apply", "-f", manifest.toString(), "--wait");
  }

  private static void assertCommitted(CompletableFuture<Result> call) throws Exception {
    Result result = call.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    assertThat(result.out()).contains("COMMITTED");
  }

  private static void awaitPhase(String phase) {
    awaitStatus("\"phase\" *: *\"" + phase + "\"");
  }

  private static void awaitStatus(String pattern) {
    Pattern wanted = Pattern.compile(pattern);
    await(pattern)
        .atMost(PATIENCE)
        .until(
            () -> system.cli("rollout", "status", "web", "-o", "json").out(),
            out -> wanted.matcher(out).find());
  }

  private static void awaitAnswer(String version) {
    await(version)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(system.answer()).contains(version));
  }

  @Test
  void controllerAndBrokerDieBeforeTheFlipAndTheDeviceGoesOn() throws Exception {
    CompletableFuture<Result> call =
        begin(system.manifest("2", "late:5000", "startWithin: 3s", "startWithin: 20s"));
    awaitPhase("PROBING");

    system.controller.kill();
    Result alone = system.cli("get", "devices");
    assertThat(alone.exitCode()).isEqualTo(1);
    assertThat(alone.err()).contains("cannot reach the controller", "connection refused", "hint:");
    awaitAnswer("\"2-late:5000\"");

    system.controller.startAgain();
    assertCommitted(call);
    assertThat(call.join().err()).contains("the devices carry on, waiting for it");
  }

  @Test
  void theAgentDiesInABakeAndGoesOn() throws Exception {
    CompletableFuture<Result> call = begin(system.manifest("2", "ok", "bake: 2s", "bake: 10s"));
    awaitPhase("BAKING");

    system.agent.kill();
    await().atMost(PATIENCE).until(() -> system.cli("get", "devices").out().contains(" offline "));
    assertThat(system.answer()).contains("\"2-ok\"");

    system.agent.startAgain();
    assertCommitted(call);
  }

  @Test
  void aRegistryIsAwayWhenTheDevicePullsAndComesBack() throws Exception {
    system.push("3", "three");
    CompletableFuture<Result> call;
    system.agent.freeze();
    try {
      call = orderUnheard(system.manifest("3", "ok"));
      system.registry.down();
    } finally {
      system.agent.thaw();
    }

    awaitStatus("connection refused");
    assertThat(system.answer()).contains("\"1-ok\"");
    system.registry.up();
    assertCommitted(call);
  }

  @Test
  void aTagThatMovedBetweenApplyAndPullIsWhatItWasAtTheApply() throws Exception {
    String before = system.push("moving", "before " + System.nanoTime());
    String after;
    CompletableFuture<Result> call;
    system.agent.freeze();
    try {
      call = orderUnheard(system.manifest("moving", "ok"));
      after = system.push("moving", "after " + System.nanoTime());
    } finally {
      system.agent.thaw();
    }

    assertCommitted(call);
    assertThat(system.imageThatServes()).contains(before).doesNotContain(after);
    Result diff = system.cli("diff", "-f", system.manifest("moving", "ok").toString());
    assertThat(diff.out()).as("applying again would take what it is now").contains(after);
  }

  /**
   * An order that is made while the device does not listen, and the call that waits for its end.
   */
  private static CompletableFuture<Result> orderUnheard(Path manifest) {
    Result ordered = system.cli("apply", "-f", manifest.toString());
    assertThat(ordered.exitCode()).as(ordered.err()).isZero();
    return system.start("rollout", "status", "web", "--wait");
  }
}
