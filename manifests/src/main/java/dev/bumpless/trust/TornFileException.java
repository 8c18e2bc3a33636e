package dev.bumpless.trust;

import java.io.IOException;
import java.nio.file.Path;

/** A file of ours that is there and is not what was written. */
public final class TornFileException extends IOException {
  private static final long serialVersionUID = 1L;

  public TornFileException(Path file, String why) {
    super("cannot use " + file + ": " + why);
  }
}
