package dev.bumpless.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.agent.docker.LoopbackRegistry;
import dev.bumpless.ledger.Ledger;
import dev.bumpless.ledger.LedgerReport;
import dev.bumpless.ledger.ReportText;
import dev.bumpless.rig.Ports;
import dev.bumpless.system.WholeSystem.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever an operator gets wrong, or the world does to him: he is told what and why, and a client
 * of what runs sees nothing of it.
 */
class BadInputIT {
  private static final int REJECTED = 4;
  private static final int ROLLED_BACK = 1;
  private static final Duration BACK = Duration.ofSeconds(5);

  @TempDir private static Path folder;
  private static WholeSystem system;
  private Ledger load;

  @BeforeAll
  static void start() throws Exception {
    system = WholeSystem.start(folder);
    system.push("1", "one");
    system.push("2", "two");
    system.registry.push("app", "other-cpu", system.image("three").withArchitecture("s390x"));
    system.registry.pushClaiming("app", "huge", system.image("four"), 1L << 50);
  }

  @AfterAll
  static void stop() throws Exception {
    system.close();
  }

  @BeforeEach
  void somethingServes() throws Exception {
    Result result = apply(system.manifest("1", "ok"));
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertServesOn();
    load = system.load();
  }

  @AfterEach
  void noClientSawIt() {
    LedgerReport report = load.stop();
    assertThat(report.lost()).as(ReportText.of(report)).isZero();
    assertThat(report.answered()).isPositive();
  }

  /** By label, so that those of the agent's configuration are what finds the device. */
  private static Result apply(Path manifest) {
    return system.cli(
        "apply", "-f", manifest.toString(), "--target", "site=lab", "--wait", "--timeout", "60s");
  }

  private static void assertServesOn() throws IOException {
    assertThat(system.answer()).contains("\"1-ok\"");
  }

  /** The controller said no. */
  private static void assertRejected(Result result, String... words) throws IOException {
    assertTold(result, REJECTED, "hint:", words);
  }

  /** The device's preflight said no. */
  private static void assertNotBegun(Result result, String... words) throws IOException {
    assertTold(result, ROLLED_BACK, ", untouched", words);
    assertThat(result.out()).contains("dev-1: PREFLIGHT").doesNotContain("PULLING", "STARTING");
  }

  private static void assertTold(Result result, int exitCode, String always, String... words)
      throws IOException {
    String told = result.out() + result.err();
    assertThat(result.exitCode()).as(told).isEqualTo(exitCode);
    assertThat(told).contains(always).contains(words);
    assertServesOn();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kind: App    | kind: [ App  | :3:5: broken YAML | expected ',' or ']'
          bake: 2s     | bakee: 2s    | :14:12: unknown key 'bakee' | did you mean 'bake'
          kind: App    | kind: App\\nkind: App | :3:1: duplicate key 'kind' | first in line 2
          listen:      | listen: x    | :10:15: expected a whole number | 1
          """)
  void aManifestThatIsWrongIsToldByPlace(String good, String bad, String told, String more)
      throws Exception {
    Path file = system.manifest("2", "ok", unescaped(good), unescaped(bad));

    assertRejected(apply(file), file + told, more);
  }

  private static String unescaped(String text) {
    return text.replace("\\n", "\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          200000  | nested deeper than 32 levels
          400000  | longer than 256 KiB
          1048576 | deep.yaml: the body is larger than 1048576 bytes
          """)
  void nestingIsNoManifest(int brackets, String told) throws Exception {
    Path file = Files.writeString(folder.resolve("deep.yaml"), "a: " + "[".repeat(brackets));

    assertRejected(apply(file), told);
  }

  @Test
  void anImageThatIsNotThere() throws Exception {
    assertRejected(
        apply(system.manifest("404", "ok")), "has no " + system.registry.host() + "/app:404");
  }

  @Test
  void anImageForAnotherProcessor() throws Exception {
    assertRejected(
        apply(system.manifest("other-cpu", "ok")), "is for linux/s390x, device dev-1 is");
  }

  @Test
  void anImageThatTheDiskCannotHold() throws Exception {
    assertNotBegun(apply(system.manifest("huge", "ok")), "of disk", "are free: free some");
  }

  @Test
  void aRegistryThatIsNotThere() throws Exception {
    Path manifest = system.manifest("2", "ok", system.registry.host(), "127.0.0.1:" + Ports.free());

    assertRejected(apply(manifest), "connection refused", "Nothing was changed");
  }

  @Test
  void aRegistryThatRefusesTheCredentials() throws Exception {
    try (LoopbackRegistry guarded = LoopbackRegistry.startGuarded(folder.resolve("guarded"))) {
      guarded.push("app", "2", system.image("two"));
      Path manifest = system.manifest("2", "ok", system.registry.host(), guarded.host());

      assertRejected(apply(manifest), "refuses " + guarded.host() + "/app:2 (HTTP 401)");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          deaf        | nothing listens there (Connection refused)
          500         | answered 500
          exit        | mode exit | testapp: exiting on purpose
          oom         | was killed for memory (limit 32 MiB)
          mortal:5000 | testapp: dying on purpose
          """)
  void anAppThatIsNotWellGoesBack(String mode, String told) throws Exception {
    Result result = apply(system.manifest("2", mode, "bake: 2s", "bake: 20s"));

    assertThat(result.exitCode()).as(result.err()).isEqualTo(ROLLED_BACK);
    assertThat(result.out()).contains("ROLLED_BACK", told);
    await().atMost(BACK).untilAsserted(BadInputIT::assertServesOn);
  }

  @Test
  void memoryThatThisDeviceDoesNotHave() throws Exception {
    assertNotBegun(
        apply(system.manifest("2", "ok", "32Mi", "900Gi")), "MiB of memory", "are available");
  }

  @Test
  void aPortThatAnotherProgramHas() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());
      Path manifest = system.manifest("2", "ok", "listen: " + system.appPort, "listen: " + port);

      assertNotBegun(
          apply(manifest), "127.0.0.1:" + port + " is taken by another program", "ss -ltnp");
    }
  }

  @Test
  void aCallThatIsWrong() throws Exception {
    Result noFile = system.cli("apply", "-f", folder.resolve("none.yaml").toString());
    Result noDevice =
        system.cli("apply", "-f", system.manifest("2", "ok").toString(), "--device", "dev-9");
    Result noLabel =
        system.cli("apply", "-f", system.manifest("2", "ok").toString(), "--target", "site=moon");

    assertThat(noFile.exitCode()).isEqualTo(2);
    assertThat(noFile.err()).contains("none.yaml");
    assertRejected(noDevice, "dev-9");
    assertRejected(noLabel, "no device has the labels site=moon");
  }
}
