package dev.bumpless.manifest;

import dev.bumpless.manifest.yaml.Problem;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A manifest, or a value for one, that cannot be. Where it comes from {@link ManifestParser} it
 * holds every problem with file, line and column, in the order of the text; else one without.
 */
public final class InvalidManifestException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  public InvalidManifestException(String message) {
    this(List.of(new Problem("", 0, 0, message, "")));
  }

  /** At least one problem. */
  public InvalidManifestException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }

  static void check(boolean holds, String message, Object... values) {
    if (!holds) {
      throw new InvalidManifestException(String.format(message, values));
    }
  }

  static void refuse(List<Misfit> misfits) {
    if (!misfits.isEmpty()) {
      throw new InvalidManifestException(
          misfits.stream()
              .map(m -> new Problem("", 0, 0, m.path() + ": " + m.message(), m.hint()))
              .toList());
    }
  }
}
