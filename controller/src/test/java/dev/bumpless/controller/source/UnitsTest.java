package dev.bumpless.controller.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.problem.ProblemException;
import dev.bumpless.manifest.RolloutTarget;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class UnitsTest {
  private static final Optional<RolloutTarget> ALL =
      Optional.of(new RolloutTarget(List.of(), Map.of(), true));

  @Test
  void anAppGoesToTheSourcesTargetUnlessARolloutNamesIt() {
    Map<String, String> files =
        Map.of(
            "b/pump.yaml", app("pump", "1.0"),
            "b/rollout.yaml", rollout("pump-1", "pump.yaml"),
            "web.yaml", app("web", "1.0"));

    assertThat(units(files, ALL))
        .extracting(Unit::key, Unit::path)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("app/web", "web.yaml"),
            org.assertj.core.groups.Tuple.tuple("rollout/pump-1", "b/rollout.yaml"));
  }

  @Test
  void whatMeansTheSameIsNoChangeAndEverythingElseIsOne() {
    String before = print(app("pump", "1.0"), ALL);

    assertThat(print("# a comment\n" + app("pump", "1.0"), ALL)).isEqualTo(before);
    assertThat(print(app("pump", "1.1"), ALL)).isNotEqualTo(before);
    assertThat(
            print(
                app("pump", "1.0"),
                Optional.of(new RolloutTarget(List.of("dev-1"), Map.of(), false))))
        .isNotEqualTo(before);
  }

  @Test
  void anAppBesideARolloutIsPartOfWhatItMeans() {
    String before =
        units(Map.of("p.yaml", app("pump", "1.0"), "r.yaml", rollout("r", "p.yaml")), ALL)
            .get(0)
            .fingerprint();
    String after =
        units(Map.of("p.yaml", app("pump", "1.1"), "r.yaml", rollout("r", "p.yaml")), ALL)
            .get(0)
            .fingerprint();

    assertThat(after).isNotEqualTo(before);
  }

  @Test
  void everyPlaceThatIsWrongIsToldAtOnce() {
    Problem problem =
        problem(
            Map.of(
                "broken.yaml", "kind: [\n",
                "lint.yaml", app("lint", "1.0").replace(", resources: { memory: 64Mi }", ""),
                "unknown.yaml", app("unknown", "1.0") + "bakee: 1\n",
                "rollout.yaml", rollout("r", "nowhere.yaml"),
                "self.yaml", rollout("s", "rollout.yaml"),
                "good.yaml", app("good", "1.0")),
            ALL);

    assertThat(problem.code()).isEqualTo(Problem.Code.INVALID_MANIFEST);
    assertThat(problem.hint()).contains("nothing of this revision was applied");
    assertThat(problem.details())
        .extracting(detail -> detail.file() + ": " + detail.message())
        .anyMatch(told -> told.startsWith("broken.yaml: broken YAML"))
        .anyMatch(told -> told.startsWith("lint.yaml: ") && told.contains("memory"))
        .anyMatch(told -> told.startsWith("unknown.yaml: unknown key 'bakee'"))
        .anyMatch(told -> told.contains("it names the file nowhere.yaml, which is not there"))
        .anyMatch(told -> told.contains("it names the file rollout.yaml, which is a rollout"))
        .noneMatch(told -> told.startsWith("good.yaml"));
  }

  @Test
  void aRolloutReachesNoDeviceBeyondTheSourcesTarget() {
    Optional<RolloutTarget> plant =
        Optional.of(new RolloutTarget(List.of(), Map.of("site", "a"), false));
    Optional<RolloutTarget> two =
        Optional.of(new RolloutTarget(List.of("dev-1", "dev-2"), Map.of(), false));

    for (String wide :
        List.of("{ all: true }", "{ site: b }", "{ role: x }", "{ devices: [ g ] }")) {
      assertThat(problem(aimed(wide), plant).details().get(0))
          .extracting(Problem.Detail::file, Problem.Detail::message)
          .first()
          .isEqualTo("r.yaml");
      assertThat(problem(aimed(wide), two).details()).hasSize(1);
      assertThat(units(aimed(wide), ALL)).hasSize(1);
      assertThat(units(aimed(wide), Optional.empty())).hasSize(1);
    }
    assertThat(units(aimed("{ site: a }"), plant)).hasSize(1);
    assertThat(units(aimed("{ site: a, role: x }"), plant)).hasSize(1);
    assertThat(units(aimed("{ devices: [ dev-2 ] }"), two)).hasSize(1);
    assertThat(problem(aimed("{ devices: [ dev-2, dev-3 ] }"), two).details().get(0).message())
        .contains("beyond the target of the source");
  }

  private static Map<String, String> aimed(String target) {
    return Map.of(
        "p.yaml", app("pump", "1.0"),
        "r.yaml", rollout("r", "p.yaml").replace("{ all: true }", target));
  }

  @Test
  void anAppWithoutDevicesAndOneThatIsThereTwiceAreWrong() {
    assertThat(
            problem(Map.of("a.yaml", app("pump", "1.0")), Optional.empty())
                .details()
                .get(0)
                .message())
        .contains("nobody says on which devices pump shall run");
    assertThat(
            problem(Map.of("a.yaml", app("pump", "1.0"), "b/b.yaml", app("pump", "2.0")), ALL)
                .details()
                .get(0))
        .extracting(Problem.Detail::file, Problem.Detail::message)
        .containsExactly("b/b.yaml", "app pump is in a.yaml too (keep one)");
  }

  private static String print(String text, Optional<RolloutTarget> target) {
    return units(Map.of("pump.yaml", text), target).get(0).fingerprint();
  }

  private static List<Unit> units(Map<String, String> files, Optional<RolloutTarget> target) {
    return Units.of(new Snapshot("0123456789abcdef", new TreeMap<>(files)), target);
  }

  private static Problem problem(Map<String, String> files, Optional<RolloutTarget> target) {
    ProblemException thrown =
        catchThrowableOfType(ProblemException.class, () -> units(files, target));
    assertThat(thrown).isNotNull();
    return thrown.problem();
  }

  private static String app(String name, String tag) {
    return """
        apiVersion: bumpless.dev/v1
        kind: App
        name: %s
        containers:
          - { name: main, image: "registry.example/%s:%s", resources: { memory: 64Mi } }
        ports:
          - { listen: 1880, container: main, target: 80, protocol: http }
        """
        .formatted(name, name, tag);
  }

  private static String rollout(String name, String app) {
    return "apiVersion: bumpless.dev/v1\nkind: Rollout\nname: %s\napp: %s\ntarget: { all: true }\n"
        .formatted(name, app);
  }
}
