package dev.bumpless.mirror;

/** What stands under a name. */
enum Kind {
  FILE,
  FOLDER,
  LINK,
  SOCKET,
  /** A named pipe or a device. */
  SPECIAL;

  /** By {@code st_mode}, see inode(7). */
  static Kind of(int mode) {
    return switch (mode & 0170000) {
      case 0100000 -> FILE;
      case 0040000 -> FOLDER;
      case 0120000 -> LINK;
      case 0140000 -> SOCKET;
      default -> SPECIAL;
    };
  }
}
