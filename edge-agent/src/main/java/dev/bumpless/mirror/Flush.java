package dev.bumpless.mirror;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** Has what was written on the disk before anybody relies on it. */
record Flush(Path folder) {
  /** From here on one flush of the file system is quicker than one for each file. */
  private static final int MANY = 64;

  void of(Set<Path> paths) throws IOException {
    if (paths.size() >= MANY && isFileSystemFlushed()) {
      return;
    }
    for (Path path : paths) {
      if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
          && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        continue; // its folder's flush is its own
      }
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
        channel.force(true);
      } catch (NoSuchFileException gone) {
        // removed again in the same pass
      }
    }
  }

  /** Java has no {@code syncfs}; false where the machine has no program for it either. */
  private boolean isFileSystemFlushed() {
    try {
      Process sync = new ProcessBuilder("/usr/bin/sync", "-f", folder.toString()).start();
      return sync.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
