package dev.bumpless.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.ledger.Ledger;
import dev.bumpless.ledger.LedgerReport;
import dev.bumpless.ledger.ReportText;
import dev.bumpless.manifest.Opening;
import dev.bumpless.rig.Command;
import dev.bumpless.system.WholeSystem.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A maintenance window that the device keeps, on a real engine and over a real broker. */
class WindowIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Long enough for what is done before the window opens. */
  private static final Duration AHEAD = Duration.ofSeconds(25);

  /** So much longer where the agent is started anew meanwhile. */
  private static final Duration RESTART = Duration.ofSeconds(10);

  private static final Duration LENGTH = Duration.ofMinutes(1);

  /** So long before an opening until so long after it: what it sets off happens in between. */
  private static final Duration AROUND = Duration.ofSeconds(5);

  @TempDir private static Path folder;
  private static WholeSystem system;
  private Creations creations;
  private Ledger load;

  @BeforeAll
  static void start() throws Exception {
    system = WholeSystem.start(folder);
    system.push("1", "one");
  }

  @AfterAll
  static void stop() throws Exception {
    system.close();
  }

  @BeforeEach
  void somethingServes() throws Exception {
    String first = system.manifest("1", "ok").toString();
    assertDone(system.cli("apply", "-f", first, "--supersede", "--wait"));
    creations = system.creations();
    load = system.load();
  }

  @AfterEach
  void noClientSawIt() {
    creations.close();
    LedgerReport report = load.stop();
    assertThat(report.lost()).as(ReportText.of(report)).isZero();
    assertThat(report.answered()).isPositive();
  }

  @Test
  void stagedBeforeItBeginsInsideWithNeitherControllerNorRegistry() throws Exception {
    Opening soon = opensIn(AHEAD);
    String digest = stage("alone", soon);
    Command.run("docker", "image", "inspect", image(digest));

    awaitMoment(soon.from().minus(AROUND));
    system.controller.kill();
    system.registry.down();
    assertThat(Instant.now()).as("all of this was before the opening").isBefore(soon.from());
    await("it has flipped")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(system.answer()).contains("\"alone-ok\""));

    system.registry.up();
    system.controller.startAgain();
    system.awaitOnline();
    assertCommitted("alone");
    assertThat(creations.moments()).singleElement().satisfies(at -> assertInside(soon, at));
  }

  @Test
  void killedWhileItWaitsTheAgentBeginsInsideAndOnceWithoutTheRegistry() throws Exception {
    Opening soon = opensIn(AHEAD.plus(RESTART));
    stage("killed", soon);

    killAgent();
    assertThat(status("killed"))
        .contains("it has its order, and goes on by itself; last heard: staged, waits for its");
    system.registry.down();
    system.agent.startAgain();
    assertThat(Instant.now()).as("all of this was before the opening").isBefore(soon.from());

    assertCommitted("killed");
    system.registry.up();
    assertThat(creations.moments()).singleElement().satisfies(at -> assertInside(soon, at));
  }

  @Test
  void pausedWhileItWaitsItIsRecalledAndBeginsOnceItIsResumed() throws Exception {
    Opening soon = opensIn(AHEAD);
    stage("paused", soon);

    assertDone(system.cli("rollout", "pause", "paused"));
    awaitRecalled("the rollout is PAUSED: by hand");
    assertThat(status("paused")).contains("PAUSED: by hand").containsPattern("dev-1 +WAITING");
    assertNothingBegins(soon);

    assertCommitted(system.cli("rollout", "resume", "paused", "--wait"));
    assertThat(system.answer()).contains("\"paused-ok\"");
    assertThat(creations.moments()).singleElement().satisfies(at -> assertInside(soon, at));
  }

  @Test
  void abortedWhileItIsAwayItIsRecalledOnceItIsBack() throws Exception {
    Opening soon = opensIn(AHEAD.plus(RESTART));
    stage("aborted", soon);

    killAgent();
    assertDone(system.cli("rollout", "abort", "aborted"));
    assertThat(status("aborted"))
        .contains("ABORTED: by hand (in progress)")
        .contains(
            "its order was taken back, and until it hears of that it may begin inside its window, from %s until %s"
                .formatted(soon.from(), soon.until()));
    system.agent.startAgain();

    awaitRecalled("the rollout is ABORTED: by hand");
    Result ended = system.cli("rollout", "status", "aborted", "--wait");
    assertThat(ended.exitCode()).as(ended.err()).isEqualTo(1);
    assertThat(ended.out()).contains("ABORTED: by hand").containsPattern("dev-1 +CANCELLED");
    assertNothingBegins(soon);
  }

  @Test
  void itsReasonTellsTheOpeningAndHowToForceItAndThatDoes() throws Exception {
    Opening late = opensIn(Duration.ofHours(1));
    stage("forced", late);

    String told = status("forced");
    assertThat(told)
        .contains("rollout forced (web@", "RUNNING")
        .contains(
            "staged, waits for its window, which opens at %s; to begin now: bumpless rollout force web --device %s"
                .formatted(late.from(), WholeSystem.DEVICE));
    assertThat(device())
        .contains("opens: " + late.from(), "closes: " + late.until(), "phase: WAITING");
    String hint = told.replaceAll("(?s).*to begin now: bumpless ([a-z0-9 -]+).*", "$1");
    Result forced = system.cli((hint + " --wait").split(" +"));

    assertCommitted(forced);
    assertThat(system.answer()).contains("\"forced-ok\"");
    assertThat(creations.moments())
        .singleElement()
        .satisfies(at -> assertThat(at).isBefore(late.from()));
  }

  private static Opening opensIn(Duration span) {
    Instant from = Instant.now().plus(span).truncatedTo(ChronoUnit.SECONDS);
    return new Opening(from, from.plus(LENGTH));
  }

  /** Starts a rollout of this name and tag; returns the image's digest once the device waits. */
  private static String stage(String name, Opening opening) throws Exception {
    String digest = system.push(name, name);
    Path app = system.manifest(name, "ok");
    String rollout =
        """
        apiVersion: bumpless.dev/v1
        kind: Rollout
        name: %s
        app: %s
        target: { devices: [ %s ] }
        window: { at: "%s", length: %ds }
        """
            .formatted(
                name,
                app.getFileName(),
                WholeSystem.DEVICE,
                opening.from().toString().replace("Z", ""),
                LENGTH.toSeconds());
    Path file = Files.writeString(Files.createTempFile(folder, name, ".yaml"), rollout);
    assertDone(system.cli("apply", "-f", file.toString()));
    await("the device waits")
        .atMost(PATIENCE)
        .until(() -> status(name), text -> text.matches("(?s).*dev-1 +WAITING .*staged, waits.*"));
    assertThat(system.answer()).contains("\"1-ok\"");
    return digest;
  }

  private static void killAgent() {
    system.agent.kill();
    await("it is known that the device is away")
        .atMost(PATIENCE)
        .until(() -> system.cli("get", "devices").out().contains(" offline "));
  }

  private static String image(String digest) {
    return system.registry.host() + "/app@" + digest;
  }

  private static String status(String rollout) {
    return system.cli("rollout", "status", rollout).out();
  }

  private static String device() {
    return system.cli("describe", "device", WholeSystem.DEVICE).out();
  }

  private static void awaitMoment(Instant moment) {
    await("it is " + moment).atMost(PATIENCE).until(() -> Instant.now().isAfter(moment));
  }

  private static void awaitRecalled(String why) {
    await("the device has dropped its order")
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(device())
                    .contains("phase: CANCELLED", "cancelled: " + why)
                    .contains("the order was taken back before it began: " + why));
  }

  private void assertNothingBegins(Opening opening) throws Exception {
    awaitMoment(opening.from().plus(AROUND));
    assertThat(creations.moments()).isEmpty();
    assertThat(system.answer()).contains("\"1-ok\"");
  }

  private static void assertInside(Opening opening, Instant moment) {
    assertThat(moment).isBetween(opening.from(), opening.until());
  }

  private static void assertCommitted(String rollout) {
    assertCommitted(system.cli("rollout", "status", rollout, "--wait"));
  }

  private static void assertCommitted(Result result) {
    assertDone(result);
    assertThat(result.out()).contains("FINISHED").containsPattern("dev-1 +COMMITTED");
  }

  private static void assertDone(Result result) {
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
  }
}
