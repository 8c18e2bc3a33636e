package dev.bumpless.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bumpless.manifest.UpgradePolicy.Strategy;
import dev.bumpless.manifest.shape.ObjectShape;
import dev.bumpless.manifest.yaml.Problem;
import dev.bumpless.manifest.yaml.Problems;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ManifestParserTest {

  static List<BadManifest> bad() {
    return BadManifest.all();
  }

  @ParameterizedTest
  @MethodSource("bad")
  void whatIsWrongIsToldWithItsPlaceAndAHint(BadManifest bad) {
    List<Problem> problems = problems(bad.text());
    assertThat(problems)
        .as("problems of%n%s", bad.text().lines().limit(20).toList())
        .anySatisfy(
            p -> {
              assertThat(p.file()).isEqualTo("web.yaml");
              assertThat(p.message()).contains(bad.message());
              assertThat(p.hint()).contains(bad.hint());
              assertThat(p.line()).isEqualTo(bad.line());
              assertThat(p.column()).isEqualTo(bad.column());
            });
  }

  @Test
  void theTemplateOfTheBadOnesIsGood() {
    assertThat(ManifestParser.parse(BadManifest.good(), "web.yaml").name().value())
        .isEqualTo("web");
  }

  @Test
  void allProblemsAreToldAtOnceInTheOrderOfTheText() {
    String text =
        BadManifest.good()
            .replace("name: web\ncont", "name: WEB\ncont")
            .replace("listen: 80", "listen: 0, lisden: 1")
            .replace("memory: 64Mi", "memory: 64")
            .concat(
                "upgrade: { strategy: rolling, hold: 1 }\nhealth: [ { container: x, tcp: 1 } ]");
    assertThat(problems(text)).extracting(Problem::line).containsExactly(3, 7, 9, 9, 10);
  }

  @Test
  void wiringIsCheckedWhereItsPartsAreRightAlthoughOthersAreNot() {
    String text = BadManifest.good().replace("container: web", "container: wep") + "replicas: 0\n";
    assertThat(problems(text)).extracting(Problem::line).containsExactly(9, 10);
  }

  @Test
  void aRolloutIsToldOnceAndNotTakenForABrokenApp() {
    assertThat(problems("kind: Rollout\nname: x\nwaves: []\n")).hasSize(1);
  }

  @Test
  void aThousandProblemsAreCutToWhatSomebodyReads() {
    StringBuilder text = new StringBuilder(BadManifest.good());
    for (int i = 0; i < 1000; i++) {
      text.append("key").append(i).append(": x\n");
    }
    assertThat(problems(text.toString())).hasSize(Problems.MAX);
  }

  @Test
  void aProblemReadsLikeACompilersMessage() {
    InvalidManifestException e = refused(BadManifest.good().replace("kind: App", "kind: Ap"));
    assertThat(e).hasMessage("web.yaml:2:7: expected App, found 'Ap' (did you mean 'App'?)");
  }

  @Test
  void whatIsQuotedInAMessageIsShortAndOnOneLine() {
    String text =
        BadManifest.good().replace("name: web\nc", "name: \"a\\n" + "x".repeat(40) + "_\"\nc");
    assertThat(problems(text).get(0).message()).doesNotContain("\n").hasSizeLessThan(200);
  }

  @Test
  void everyKeyIsTakenOver() {
    App app = ManifestParser.parse(ExamplesTest.resource("every-key.yaml"), "every-key.yaml");
    Container all = app.containers().get(0);
    assertThat(all.entrypoint()).containsExactly("/bin/sh", "-c");
    assertThat(all.command()).containsExactly("run", "1880", "true");
    assertThat(all.workingDir()).contains("/srv");
    assertThat(all.env()).containsEntry("DEBUG", "yes").containsEntry("LEVEL", "010");
    assertThat(all.volumes())
        .containsExactly(
            new Container.Volume("data", "/data", false),
            new Container.Volume("/etc/plant", "/etc/plant", true));
    assertThat(all.devices())
        .containsExactly(
            new Container.Device("/dev/ttyUSB0", true), new Container.Device("/dev/gpio", true));
    assertThat(all.resources()).isEqualTo(new Container.Resources(256L << 20, 0.5, 100));
    assertThat(all.security().capAdd()).containsExactly("NET_ADMIN", "NET_RAW");
    assertThat(all.security().user()).contains("1000:1000");
    assertThat(all.dependsOn()).containsExactly("helper");
    assertThat(app.ports().get(1).address()).contains("127.0.0.1");
    assertThat(app.health()).hasSize(3);
    assertThat(app.probe())
        .isEqualTo(
            new ProbePolicy(
                Duration.ofMillis(500), Duration.ofSeconds(3), 5, Duration.ofMinutes(2)));
    assertThat(app.replicas()).isEqualTo(2);
    assertThat(app.upgrade().strategy()).isEqualTo(Strategy.ROLLING);
    assertThat(app.upgrade().drain()).isEqualTo(Duration.ofMinutes(10));
    assertThat(app.state()).containsExactly(new StatePolicy.SharedVolume());
    assertThat(app.waivers()).containsExactly("dangerous-capability", "host-path", "memory-limit");
  }

  @Test
  void whatIsCarriedOverInASwapIsTakenOver() {
    App app = app("every-key-of-state.yaml");
    assertThat(app.state())
        .containsExactly(
            new StatePolicy.Modbus(
                Optional.of(502),
                new TreeSet<>(List.of(1, 2)),
                ranges("coils 0-255", "holding 0-1999"),
                ranges("holding 100-109", "coils 7"),
                ranges("holding 1900-1999"),
                StatePolicy.ReadOnly.EXEC),
            new StatePolicy.Exec("plc", List.of("plc", "save"), List.of("plc", "load")),
            new StatePolicy.Http("plc", 8080, "/state?full=1"),
            new StatePolicy.SharedVolume());
    UpgradePolicy upgrade = app.upgrade();
    assertThat(upgrade.overlap()).isEqualTo(UpgradePolicy.Overlap.STANDBY);
    assertThat(upgrade.gap()).contains(Duration.ofMillis(500));
    assertThat(upgrade.promote())
        .containsExactly(
            new Hook("plc", List.of("plc", "go", "1")), new Hook("plc", List.of("plc", "open")));
    assertThat(upgrade.demote()).containsExactly(new Hook("plc", List.of("plc", "stand by")));
    assertThat(app.compare())
        .contains(
            new Compare(
                Duration.ofSeconds(45),
                ranges("input 0-9", "discrete 3"),
                ranges("holding 1990", "input 5"),
                List.of(
                    new Compare.Document(
                        "plc",
                        8080,
                        "/status",
                        List.of("ETag"),
                        List.of("/pump/speed", "/alarms/0")))));
  }

  @Test
  void everyKeyStandsInOneOfTheTwoTexts() {
    String written =
        ManifestWriter.toYaml(app("every-key.yaml"))
            + ManifestWriter.toYaml(app("every-key-of-state.yaml"));
    assertThat(keys(AppShape.INSTANCE.shape()).filter(k -> !written.contains(k + ":")))
        .containsExactly("privileged", "hostNetwork");
  }

  private static Stream<String> keys(ObjectShape<?> shape) {
    return shape.fields().stream()
        .flatMap(
            f ->
                Stream.concat(
                    Stream.of(f.name()),
                    f.shape().keys().stream().flatMap(ManifestParserTest::keys)));
  }

  private static App app(String resource) {
    return ManifestParser.parse(ExamplesTest.resource(resource), resource);
  }

  private static List<RegisterRange> ranges(String... texts) {
    return Arrays.stream(texts).map(RegisterRange::parse).toList();
  }

  @Test
  void aDeviceAcceptsTheHoldThatCanonicalTextWrites() {
    String text =
        BadManifest.good()
            + "upgrade: { hold: 250ms, promote: [ { container: web, exec: [ go ] } ] }\n";
    App app = ManifestParser.parse(text, "web.yaml");
    assertThat(ManifestParser.parse(ManifestWriter.toYaml(app), "canonical")).isEqualTo(app);
  }

  @Test
  void anAppIsRefusedByTheSameRulesWhereItIsNoText() {
    App app = app("every-key-of-state.yaml");
    assertThatThrownBy(
            () ->
                new App(
                    app.name(),
                    app.containers(),
                    List.of(),
                    app.health(),
                    app.probe(),
                    2,
                    app.upgrade(),
                    app.state(),
                    app.compare(),
                    app.policy(),
                    app.waivers()))
        .hasMessageContaining("upgrade.promote: hooks promote and demote one instance")
        .hasMessageContaining("state[0]: kind modbus carries the state of one instance")
        .hasMessageContaining("state[0]: kind modbus copies the server behind a port")
        .hasMessageContaining("compare: compare asks one instance");
  }

  @Test
  void withoutHealthEachPortsTargetIsConnectedToOnce() {
    App app =
        ManifestParser.parse(
            BadManifest.good()
                + "  - { listen: 81, container: web, target: 8080, protocol: tcp }\n"
                + "  - { listen: 82, container: web, target: 9000, protocol: tcp }\n",
            "web.yaml");
    assertThat(app.health())
        .containsExactly(new HealthCheck.Tcp("web", 8080), new HealthCheck.Tcp("web", 9000));
  }

  @Test
  void adviceHasTheLineOfWhatItIsAbout() {
    ManifestParser.Parsed parsed = ManifestParser.read(BadManifest.good(), "web.yaml");
    assertThat(parsed.advice())
        .extracting(Finding::rule)
        .containsExactly(Rule.CPU_LIMIT, Rule.READ_ONLY_ROOT, Rule.NON_ROOT_USER);
    assertThat(parsed.advice()).extracting(Finding::line).containsExactly(7, 5, 5);
  }

  private static List<Problem> problems(String text) {
    return refused(text).problems();
  }

  private static InvalidManifestException refused(String text) {
    InvalidManifestException e =
        catchThrowableOfType(
            InvalidManifestException.class, () -> ManifestParser.parse(text, "web.yaml"));
    assertThat(e).as("nothing was refused").isNotNull();
    return e;
  }
}
