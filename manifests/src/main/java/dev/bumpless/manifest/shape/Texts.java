package dev.bumpless.manifest.shape;

import java.util.regex.Pattern;

/** The shapes of text. */
public final class Texts {
  private Texts() {}

  /** Text that matches as a whole; numbers and the like must stand in quotes. */
  public static Shape<String> matching(
      String expected, String pattern, int maxLength, String hint) {
    return new TextShape(expected, Pattern.compile(pattern), maxLength, hint, false);
  }

  /** Any text, numbers and true or false as they stand. */
  public static Shape<String> any(int maxLength) {
    return new TextShape("text", Pattern.compile("[^\\x00]*", Pattern.DOTALL), maxLength, "", true);
  }
}
