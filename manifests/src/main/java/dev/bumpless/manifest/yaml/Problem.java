package dev.bumpless.manifest.yaml;

/**
 * Something that is wrong in a text, for the person who wrote it.
 *
 * @param file name of the text as the caller gave it, empty where there is no text
 * @param line from 1, 0 where there is no text; likewise {@code column}
 * @param message what was found and what is expected
 * @param hint what to do, empty where the message says it all
 */
public record Problem(String file, int line, int column, String message, String hint) {
  private static final int QUOTED_LENGTH = 60;

  /** A value as it may stand in a message: short, on one line, without control characters. */
  public static String quote(String value) {
    StringBuilder quoted = new StringBuilder("'");
    value
        .codePoints()
        .limit(QUOTED_LENGTH)
        .forEach(c -> quoted.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
    return quoted.append(value.length() > QUOTED_LENGTH ? "…'" : "'").toString();
  }

  /** {@code app.yaml:3:5: message (hint)}, as editors and compilers write it. */
  @Override
  public String toString() {
    String where = file.isEmpty() ? "" : file + ":" + line + ":" + column + ": ";
    return where + message + (hint.isEmpty() ? "" : " (" + hint + ")");
  }
}
