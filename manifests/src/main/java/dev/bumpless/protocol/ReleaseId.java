package dev.bumpless.protocol;

import dev.bumpless.manifest.AppName;

/**
 * A release by app and counter, written {@code node-red@7}.
 *
 * @param counter 1 and up, below 2^53; only grows for an app
 */
public record ReleaseId(AppName app, long counter) {
  public ReleaseId {
    if (counter < 1 || counter >= 1L << 53) {
      throw new IllegalArgumentException("release counter " + counter + ": expected 1 to 2^53 - 1");
    }
  }

  public static ReleaseId parse(String text) {
    int at = text.lastIndexOf('@');
    if (at < 1) {
      throw new IllegalArgumentException("'" + text + "' is no release: expected APP@COUNTER");
    }
    try {
      return new ReleaseId(
          new AppName(text.substring(0, at)), Long.parseLong(text.substring(at + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is no release: expected APP@COUNTER", e);
    }
  }

  @Override
  public String toString() {
    return app + "@" + counter;
  }
}
