package dev.bumpless.controller.api;

import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.problem.Problem.Detail;
import dev.bumpless.manifest.Finding;
import dev.bumpless.manifest.InvalidManifestException;
import dev.bumpless.manifest.ManifestParser;
import dev.bumpless.manifest.ManifestParser.Parsed;
import dev.bumpless.manifest.RolloutManifest;
import dev.bumpless.manifest.RolloutParser;
import java.util.List;
import java.util.function.Supplier;

/** From what an operator sent to an app, or to every place that is wrong in it. */
final class Manifests {
  /** What a caller sends has no name; the CLI puts that of the file. */
  private static final String FILE = "manifest.yaml";

  private Manifests() {}

  /** Throws INVALID_MANIFEST with the places. */
  static Parsed read(String yaml) {
    return checked(() -> ManifestParser.read(yaml, FILE));
  }

  /** The app that a rollout names as a file; throws INVALID_MANIFEST with the places in it. */
  static Parsed readBeside(String yaml, String file) {
    return checked(() -> ManifestParser.read(yaml, file));
  }

  /** Throws INVALID_MANIFEST with the places. */
  static RolloutManifest readRollout(String yaml) {
    return checked(() -> RolloutParser.parse(yaml, FILE));
  }

  private static <T> T checked(Supplier<T> reader) {
    try {
      return reader.get();
    } catch (InvalidManifestException e) {
      List<Detail> details = e.problems().stream().map(Manifests::detail).toList();
      throw new Problem(
              Problem.Code.INVALID_MANIFEST,
              details.size() == 1
                  ? "the manifest is wrong in one place"
                  : "the manifest is wrong in " + details.size() + " places",
              "correct it and apply again; nothing was changed",
              details)
          .toException();
    }
  }

  private static Detail detail(dev.bumpless.manifest.yaml.Problem problem) {
    return new Detail(
        problem.file(),
        problem.line(),
        problem.column(),
        withHint(problem.message(), problem.hint()));
  }

  /** What lint would have otherwise. */
  static List<Detail> advice(Parsed parsed) {
    return parsed.advice().stream().map(Manifests::detail).toList();
  }

  private static Detail detail(Finding finding) {
    return new Detail(FILE, finding.line(), 1, withHint(finding.message(), finding.hint()));
  }

  private static String withHint(String message, String hint) {
    return hint.isEmpty() ? message : message + " (" + hint + ")";
  }
}
