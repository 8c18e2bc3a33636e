package dev.bumpless.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.bumpless.manifest.RolloutManifest.OnFailure;
import dev.bumpless.manifest.yaml.Problem;
import dev.bumpless.manifest.yaml.Problems;
import dev.bumpless.manifest.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RolloutParserTest {
  private static final Path PUBLISHED =
      Path.of("src/main/resources/dev/bumpless/manifest/rollout.schema.json");
  private static final String GOOD =
      """
      apiVersion: bumpless.dev/v1
      kind: Rollout
      name: pump-2
      app: pump@2
      target: { site: a }
      """;

  private final ObjectMapper json = new ObjectMapper();
  private final Schema schema =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(json.valueToTree(ManifestSchema.generateRollout()));

  /**
   * What replaces line 4, 5, or follows, and where and what is told.
   *
   * @param seenBySchema whether JSON Schema can say it too
   */
  record Bad(String text, int line, int column, String message, boolean seenBySchema) {
    @Override
    public String toString() {
      return text.strip();
    }

    String whole() {
      return GOOD.replaceAll("(?m)^" + text.substring(0, text.indexOf(58)) + ":.*\n", "")
          + text
          + "\n";
    }
  }

  static List<Bad> bad() {
    return List.of(
        new Bad("name: Pump_2", 5, 7, "is not a name", true),
        new Bad("app: Pump", 5, 6, "is not an app", true),
        new Bad("app: pump@0", 5, 6, "is not an app", true),
        new Bad("app: ../pump.yaml", 5, 6, "is not an app", true),
        new Bad("target: {}", 5, 9, "chosen in one way", true),
        new Bad("target: everybody", 5, 9, "expected labels", true),
        new Bad("target: { all: false }", 5, 16, "chooses nobody", true),
        new Bad("target: { all: true, site: a }", 5, 9, "chosen in one way", true),
        new Bad("target: { devices: [] }", 5, 20, "0 entries are out of range", true),
        new Bad("target: { devices: [ \"gw-*\" ] }", 5, 22, "is not a device", true),
        new Bad("target: { devices: [ gw-1, gw-1 ] }", 5, 28, "stands twice", true),
        new Bad("target: { site: \"a,b\" }", 5, 17, "is not a label's value", true),
        new Bad("waves: []", 6, 8, "0 entries are out of range", true),
        new Bad("waves: [ { percent: 50 } ]", 6, 10, "do not add up", false),
        new Bad("waves: [ { devices: 50 } ]", 6, 10, "do not add up", false),
        new Bad("waves: [ { percent: 101 } ]", 6, 21, "out of range", true),
        new Bad("waves: [ { percent: 0 } ]", 6, 21, "out of range", true),
        new Bad("waves: [ {} ]", 6, 10, "neither devices nor percent", false),
        new Bad("waves: [ { percent: 100, devices: 1 } ]", 6, 21, "both devices", false),
        new Bad("waves: [ { percent: 100, then: approve } ]", 6, 10, "nothing comes after", false),
        new Bad("waves: [ { percent: 100, after: 1m } ]", 6, 10, "nothing comes after", false),
        new Bad(
            "waves: [ { percent: 9, then: approve, after: 1m }, { percent: 100 } ]",
            6,
            46,
            "both then and after",
            false),
        new Bad(
            "waves: [ { percent: 50 }, { percent: 20 }, { percent: 100 } ]",
            6,
            27,
            "the wave reaches 20 %, the one before it 50 %",
            false),
        new Bad(
            "waves: [ { devices: 5 }, { devices: 5 }, { percent: 100 } ]",
            6,
            26,
            "the wave reaches 5 devices",
            false),
        new Bad("waves: [ { percent: 50, then: go }, { percent: 100 } ]", 6, 31, "approve", true),
        new Bad("limits: { failures: 101% }", 6, 21, "is not a number, or a share", true),
        new Bad("limits: { failures: -1 }", 6, 21, "out of range", true),
        new Bad("limits: { gap: 0s }", 6, 16, "out of range", false),
        new Bad("limits: { perMinute: 0 }", 6, 22, "out of range", true),
        new Bad("limits: { inFlight: 1 }", 6, 11, "unknown key 'inFlight'", true),
        new Bad("deadline: 0s", 6, 11, "out of range", false),
        new Bad("deadline: soon", 6, 11, "expected a duration", true),
        new Bad("window: { length: 1h }", 6, 9, "neither cron nor at", false),
        new Bad("window: { cron: \"0 2 * * *\" }", 6, 9, "'length' is missing", true),
        new Bad("window: { cron: \"0 2 * *\", length: 1h }", 6, 17, "is not five fields", false),
        new Bad("window: { cron: \"0 24 * * *\", length: 1h }", 6, 17, "'24' is no hour", false),
        new Bad("window: { cron: \"0 2 30 FEB *\", length: 1h }", 6, 17, "never comes", false),
        new Bad(
            "window: { at: \"2026-02-30T01:00\", length: 1h }", 6, 15, "in any calendar", false),
        new Bad(
            "window: { cron: \"0 2 * * *\", length: 1h, zone: Mars/Base }",
            6,
            48,
            "no time zone",
            false),
        new Bad("onFailure: panic", 6, 12, "one of pause, rollback", true),
        new Bad("replicas: 2", 6, 1, "unknown key 'replicas'", true));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void whatIsWrongIsToldWithItsPlace(Bad bad) {
    assertThat(problems(bad.whole()))
        .anySatisfy(
            p -> {
              assertThat(p.message()).contains(bad.message());
              assertThat(p.line()).isEqualTo(bad.line());
              assertThat(p.column()).isEqualTo(bad.column());
            });
  }

  @ParameterizedTest
  @MethodSource("bad")
  void theSchemaRefusesWhatASchemaCanSay(Bad bad) {
    assertThat(!verdict(bad.whole()).isEmpty()).isEqualTo(bad.seenBySchema());
  }

  @Test
  void theShortestRolloutReachesEverybodyAtOnceAndStopsAtTheFirstFailure() {
    RolloutManifest rollout = RolloutParser.parse(GOOD, "r.yaml");
    assertThat(rollout)
        .isEqualTo(
            new RolloutManifest(
                new RolloutName("pump-2"),
                new RolloutSource.Numbered(new AppName("pump"), 2),
                new RolloutTarget(List.of(), Map.of("site", "a"), false),
                List.of(Wave.ALL),
                RolloutLimits.DEFAULT,
                Duration.ofHours(1),
                Optional.empty(),
                OnFailure.PAUSE));
    assertThat(rollout.limits().failures().allowed(1_000)).isZero();
    assertThat(verdict(GOOD)).isEmpty();
  }

  @Test
  void theExampleIsReadAndWrittenAndTakenByTheSchema() throws IOException {
    String text = Files.readString(Path.of("examples/rollout.yaml"));
    RolloutManifest rollout = RolloutParser.parse(text, "rollout.yaml");

    assertThat(rollout.waves()).hasSize(3);
    assertThat(rollout.waves().get(0).approval()).isTrue();
    assertThat(rollout.limits().failures()).isEqualTo(Threshold.percent(5));
    assertThat(rollout.window().orElseThrow().zone()).isEqualTo(ZoneId.of("Europe/Vienna"));
    String canonical = RolloutParser.toYaml(rollout);
    assertThat(RolloutParser.parse(canonical, "canonical")).isEqualTo(rollout);
    assertThat(verdict(text)).isEmpty();
    assertThat(verdict(canonical)).isEmpty();
  }

  @Test
  void everyWayOfSayingWhatAndWhereComesBack() {
    for (String app : List.of("pump", "pump@17", "pump.yaml", "My_App.yml")) {
      for (String target : List.of("{ all: true }", "{ devices: [ b, a ] }", "{ site: \"7\" }")) {
        String text = GOOD.replace("pump@2", app).replace("{ site: a }", target);
        RolloutManifest rollout = RolloutParser.parse(text, "r.yaml");
        assertThat(RolloutParser.parse(RolloutParser.toYaml(rollout), "r")).isEqualTo(rollout);
        assertThat(rollout.app()).hasToString(app);
      }
    }
  }

  @Test
  void aWaveReachesWhatItSaysAndNeverMoreThanThereAre() {
    Wave quarter = new Wave(Optional.empty(), Optional.of(25), false, Duration.ZERO);
    Wave five = new Wave(Optional.of(5), Optional.empty(), false, Duration.ZERO);
    assertThat(quarter.reach(0)).isZero();
    assertThat(quarter.reach(1)).isEqualTo(1);
    assertThat(quarter.reach(10)).isEqualTo(3);
    assertThat(quarter.reach(10_000)).isEqualTo(2_500);
    assertThat(five.reach(3)).isEqualTo(3);
    assertThat(Threshold.percent(5).allowed(19)).isZero();
    assertThat(Threshold.percent(5).allowed(2_500)).isEqualTo(125);
  }

  @Test
  void whatKindItIsIsSeenWithoutReadingAllOfIt() {
    assertThat(RolloutParser.isRollout("kind: Rollout\nnonsense: [1]\n")).isTrue();
    assertThat(RolloutParser.isRollout("kind: App\n")).isFalse();
    assertThat(RolloutParser.isRollout("kind: [")).isFalse();
  }

  @Test
  void thePublishedSchemaIsTheGeneratedOne() throws IOException {
    String generated =
        json.writerWithDefaultPrettyPrinter().writeValueAsString(ManifestSchema.generateRollout())
            + "\n";
    if (Boolean.getBoolean("bumpless.publish")) {
      Files.writeString(PUBLISHED, generated);
    }
    assertThat(Files.readString(PUBLISHED)).isEqualTo(generated);
    assertThat(ManifestSchema.rolloutText()).isEqualTo(generated);
  }

  private List<Error> verdict(String text) {
    return schema.validate(
        ManifestSchemaTest.json(YamlReader.read(text, new Problems("r.yaml")).orElseThrow()));
  }

  private static List<Problem> problems(String text) {
    InvalidManifestException refused =
        catchThrowableOfType(
            InvalidManifestException.class, () -> RolloutParser.parse(text, "r.yaml"));
    assertThat(refused).as(text).isNotNull();
    return refused.problems();
  }
}
