package dev.bumpless.manifest;

/**
 * A value that a manifest may not hold. The message tells what was given, what is expected and a
 * hint; {@code ManifestParser} adds file, line and column.
 */
public final class InvalidManifestException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public InvalidManifestException(String message) {
    super(message);
  }

  static void check(boolean holds, String message, Object... values) {
    if (!holds) {
      throw new InvalidManifestException(String.format(message, values));
    }
  }
}
