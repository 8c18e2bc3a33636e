package dev.bumpless.manifest;

import dev.bumpless.manifest.yaml.Place;
import dev.bumpless.manifest.yaml.Problems;
import dev.bumpless.manifest.yaml.YamlNode;
import dev.bumpless.manifest.yaml.YamlReader;
import java.util.List;
import java.util.Optional;

/**
 * Reads manifests. Every text ends in an app or in an {@link InvalidManifestException} that holds
 * all problems that could be told apart, so that they can be mended in one go. Any thread.
 */
public final class ManifestParser {

  private ManifestParser() {}

  /**
   * Reads one manifest of {@code kind: App}, and refuses it where {@link Lint} finds an error.
   *
   * @param sourceName the file's name for messages
   */
  public static App parse(String text, String sourceName) {
    return read(text, sourceName).app();
  }

  /** As {@link #parse}, and gives the advice of {@link Lint} too, with lines. */
  public static Parsed read(String text, String sourceName) {
    Problems problems = new Problems(sourceName);
    Optional<YamlNode> root = YamlReader.read(text, problems);
    Optional<App> app = root.flatMap(r -> app(r, problems));
    List<Finding> findings = app.map(a -> lint(a, root.orElseThrow(), problems)).orElse(List.of());
    if (problems.count() > 0) {
      throw new InvalidManifestException(problems.list());
    }
    return new Parsed(app.orElseThrow(), findings);
  }

  private static Optional<App> app(YamlNode root, Problems problems) {
    if (RolloutParser.isRollout(root)) {
      problems.add(
          root.find("kind"),
          "this is a rollout, and an app is expected",
          "apply it with `bumpless apply -f FILE`, without a target");
      return Optional.empty(); // the rest cannot be judged as an app
    }
    return AppShape.INSTANCE.shape().read(root, problems);
  }

  private static List<Finding> lint(App app, YamlNode root, Problems problems) {
    List<Finding> findings = Lint.check(app);
    for (Finding finding : findings) {
      if (finding.isError()) {
        Place place = root.find(finding.path());
        problems.add(place, finding.message() + " [" + finding.rule().id() + "]", finding.hint());
      }
    }
    return findings.stream().map(f -> f.atLine(root.find(f.path()).line())).toList();
  }

  /**
   * An app, and what {@link Lint} advises.
   *
   * @param advice none of it an error
   */
  public record Parsed(App app, List<Finding> advice) {
    public Parsed {
      advice = List.copyOf(advice);
    }
  }
}
