package dev.bumpless.protocol;

/**
 * A release, and the how-manieth time somebody asked to run it. A restart or a retry of a release
 * that failed is a new attempt; nothing else tells it from the run before.
 *
 * @param attempt 1 and up
 */
public record Revision(ReleaseId release, int attempt) {
  public Revision {
    if (attempt < 1) {
      throw new IllegalArgumentException("attempt " + attempt + ": expected 1 or more");
    }
  }

  @Override
  public String toString() {
    return release + "#" + attempt;
  }
}
