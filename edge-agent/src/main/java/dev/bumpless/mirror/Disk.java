package dev.bumpless.mirror;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The room that copies may take: the last of it belongs to the app that serves, which writes to the
 * same disk.
 */
final class Disk {
  static final long RESERVE_BYTES = 64L << 20;
  private static final long LOOK_EVERY_BYTES = 4L << 20;

  private final Path folder;
  private final long reserveBytes;
  private long unlooked = LOOK_EVERY_BYTES;

  /**
   * @param folder anything on it
   */
  Disk(Path folder, long reserveBytes) {
    this.folder = folder;
    this.reserveBytes = reserveBytes;
  }

  /** There is none left. */
  static final class NoRoomException extends IOException {
    private static final long serialVersionUID = 1L;

    NoRoomException(String message) {
      super(message);
    }
  }

  /** Called before so many bytes are added. */
  void take(long bytes) throws NoRoomException {
    unlooked += bytes;
    if (unlooked < LOOK_EVERY_BYTES) {
      return;
    }
    unlooked = 0;
    long free = folder.toFile().getUsableSpace();
    if (free - LOOK_EVERY_BYTES < reserveBytes) {
      throw new NoRoomException(
          ("the disk has no room for a second copy: %d MiB are free, and %d MiB are kept for what"
                  + " serves")
              .formatted(free >> 20, reserveBytes >> 20));
    }
  }
}
