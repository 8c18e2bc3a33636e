package dev.bumpless.controller.audit;

/**
 * Where a chain ends: the number and the hash of its newest record, written {@code NUMBER:HASH}.
 * Kept where the controller cannot write, it is the anchor of all records up to it.
 */
public record ChainHead(long number, String hash) {
  /** Before the first record. */
  public static final ChainHead NONE = new ChainHead(0, "0".repeat(64));

  public ChainHead {
    if (number < 0 || !hash.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "expected NUMBER:HASH with the 64 hexadecimal digits of a SHA-256");
    }
  }

  /** Throws IllegalArgumentException where it is not {@code NUMBER:HASH}. */
  public static ChainHead parse(String text) {
    int colon = text.indexOf(':');
    try {
      return new ChainHead(
          Long.parseLong(text.substring(0, Math.max(colon, 0))), text.substring(colon + 1));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no head of a chain: expected NUMBER:HASH, as `audit verify` prints it",
          e);
    }
  }

  @Override
  public String toString() {
    return number + ":" + hash;
  }
}
