package dev.bumpless.manifest;

/**
 * Something that {@link Lint} would have otherwise.
 *
 * @param path from the app, as {@code containers[0].volumes[1]}
 * @param line in the manifest's text, from 1; 0 where there is no text
 * @param hint what to do, and how to waive it where that is possible
 */
public record Finding(
    Rule rule, Severity severity, String path, int line, String message, String hint) {

  /** Whether the manifest is refused. */
  public enum Severity {
    ERROR,
    ADVICE
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  Finding atLine(int number) {
    return new Finding(rule, severity, path, number, message, hint);
  }
}
