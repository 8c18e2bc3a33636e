package dev.bumpless.controller.source;

import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.problem.Problem.Detail;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.InvalidManifestException;
import dev.bumpless.manifest.ManifestParser;
import dev.bumpless.manifest.RolloutManifest;
import dev.bumpless.manifest.RolloutParser;
import dev.bumpless.manifest.RolloutSource;
import dev.bumpless.manifest.RolloutTarget;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Makes of files what is to be applied, or tells every place that is wrong: all of a revision or
 * nothing. Used once.
 */
final class Units {
  private static final int MOST_TOLD = 100;

  private final Snapshot snapshot;
  private final Optional<RolloutTarget> target;
  private final Map<String, App> apps = new TreeMap<>();
  private final Map<String, RolloutManifest> rollouts = new TreeMap<>();
  private final List<Detail> wrong = new ArrayList<>();

  private Units(Snapshot snapshot, Optional<RolloutTarget> target) {
    this.snapshot = snapshot;
    this.target = target;
  }

  /**
   * Apps first, each kind by path.
   *
   * @param target where apps go that no rollout names, and beyond which no rollout reaches
   * @throws dev.bumpless.controller.problem.ProblemException INVALID_MANIFEST with the places
   */
  static List<Unit> of(Snapshot snapshot, Optional<RolloutTarget> target) {
    return new Units(snapshot, target).read();
  }

  private List<Unit> read() {
    snapshot.files().forEach(this::parse);
    List<Unit> units = new ArrayList<>();
    Set<String> named = new HashSet<>();
    List<Unit> inWaves = new ArrayList<>();
    rollouts.forEach((path, rollout) -> inWaves.add(inWaves(path, rollout, named)));
    apps.forEach(
        (path, app) -> {
          if (!named.contains(path)) {
            alone(path, app).ifPresent(units::add);
          }
        });
    units.addAll(inWaves);
    refuseTwice(units);
    refuseWhatIsWrong();
    return units;
  }

  private void parse(String path, String text) {
    if (RolloutParser.isRollout(text)) {
      checked(() -> RolloutParser.parse(text, path)).ifPresent(r -> rollouts.put(path, r));
    } else {
      checked(() -> ManifestParser.parse(text, path)).ifPresent(a -> apps.put(path, a));
    }
  }

  private <T> Optional<T> checked(Supplier<T> parser) {
    try {
      return Optional.of(parser.get());
    } catch (InvalidManifestException e) {
      e.problems().forEach(p -> wrong.add(detail(p)));
      return Optional.empty();
    }
  }

  private Unit inWaves(String path, RolloutManifest rollout, Set<String> named) {
    Optional<App> beside = Optional.empty();
    if (rollout.app() instanceof RolloutSource.Beside file) {
      String sibling = path.substring(0, path.lastIndexOf('/') + 1) + file.file();
      named.add(sibling);
      beside = Optional.ofNullable(apps.get(sibling));
      if (!snapshot.files().containsKey(sibling)) {
        tell(path, "it names the file " + sibling + ", which is not there");
      } else if (rollouts.containsKey(sibling)) {
        tell(path, "it names the file " + sibling + ", which is a rollout and no app");
      }
    }
    if (target.filter(widest -> !rollout.target().isWithin(widest)).isPresent()) {
      tell(
          path,
          "it is for devices beyond the target of the source in controller.yaml (give it all labels"
              + " of that, or some of its devices)");
    }
    return new Unit.InWaves(path, rollout, beside);
  }

  private Optional<Unit> alone(String path, App app) {
    if (target.isEmpty()) {
      tell(
          path,
          "nobody says on which devices "
              + app.name()
              + " shall run (name it in a kind: Rollout beside it, or give the source a target in"
              + " controller.yaml)");
    }
    return target.map(devices -> new Unit.OfApp(path, app, devices));
  }

  private void refuseTwice(List<Unit> units) {
    Map<String, String> first = new HashMap<>();
    for (Unit unit : units) {
      String other = first.putIfAbsent(unit.key(), unit.path());
      if (other != null) {
        tell(unit.path(), unit.key().replace('/', ' ') + " is in " + other + " too (keep one)");
      }
    }
  }

  private void refuseWhatIsWrong() {
    if (!wrong.isEmpty()) {
      throw new Problem(
              Problem.Code.INVALID_MANIFEST,
              "revision %s is wrong in %s"
                  .formatted(
                      Snapshot.brief(snapshot.revision()),
                      wrong.size() == 1 ? "one place" : wrong.size() + " places"),
              "correct it there; nothing of this revision was applied",
              wrong.subList(0, Math.min(wrong.size(), MOST_TOLD)))
          .toException();
    }
  }

  private void tell(String path, String what) {
    wrong.add(new Detail(path, 1, 1, what));
  }

  private static Detail detail(dev.bumpless.manifest.yaml.Problem problem) {
    String hint = problem.hint().isEmpty() ? "" : " (" + problem.hint() + ")";
    return new Detail(problem.file(), problem.line(), problem.column(), problem.message() + hint);
  }
}
