package dev.bumpless.protocol;

import dev.bumpless.manifest.AppName;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Somebody on a device asks that nothing is swapped there for a while. Throws
 * IllegalArgumentException for what nobody should have to read.
 *
 * @param owner who has it
 * @param app that it is about; empty for all of the device
 * @param reason for a person
 * @param until when it ends by itself, by the device's clock
 */
public record UpdateLease(String owner, Optional<AppName> app, String reason, Instant until) {
  /** Of a reason. */
  public static final int MOST_CHARS = 200;

  private static final Pattern OWNER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

  public UpdateLease {
    checkOwner(owner);
    if (reason.isBlank() || reason.length() > MOST_CHARS) {
      throw new IllegalArgumentException(
          "a reason has 1 to %d characters, this one %d".formatted(MOST_CHARS, reason.length()));
    }
    if (!reason.codePoints().allMatch(UpdateLease::isPrinted)) {
      throw new IllegalArgumentException("a reason is one line of printable characters");
    }
  }

  /** 1 to 64 of A-Z, a-z, 0-9, '.', '_', '@' and '-', a letter or digit first. */
  public static void checkOwner(String owner) {
    if (!OWNER.matcher(owner).matches()) {
      throw new IllegalArgumentException(
          "an owner is 1 to 64 of A-Z, a-z, 0-9, '.', '_', '@' and '-', a letter or digit first");
    }
  }

  /** No escape sequence, no second line, nothing that turns the direction of a text. */
  private static boolean isPrinted(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
