package dev.bumpless.mirror;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Random;

/** Does to a tree what programs do, at random: one thing a call. */
final class Changes {
  private static final int NAMES = 40;

  private final Path root;
  private final Random random;

  Changes(Path root, Random random) {
    this.root = root;
    this.random = random;
  }

  void next() throws IOException {
    Path path = somewhere();
    switch (random.nextInt(8)) {
      case 0, 1 -> rewrite(path);
      case 2 -> patch(path);
      case 3 -> delete(path);
      case 4 -> rename(path, somewhere());
      case 5 -> attributes(path);
      case 6 -> symbolic(path);
      default -> hard(path, somewhere());
    }
  }

  private Path somewhere() throws IOException {
    Path parent = root;
    for (int depth = random.nextInt(3); depth > 0; depth--) {
      parent = parent.resolve("d" + random.nextInt(3));
    }
    Files.createDirectories(parent);
    return parent.resolve("f" + random.nextInt(NAMES));
  }

  private void rewrite(Path path) throws IOException {
    byte[] bytes = new byte[random.nextInt(20_000)];
    random.nextBytes(bytes);
    Files.deleteIfExists(path);
    Files.write(path, bytes);
  }

  /** In place, of the same size, in the same second, the old time set again. */
  private void patch(Path path) throws IOException {
    if (isFile(path) && Files.size(path) > 0) {
      FileTime time = Files.getLastModifiedTime(path);
      try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
        file.seek(random.nextInt((int) file.length()));
        file.write(random.nextInt(256));
      }
      Files.setLastModifiedTime(path, time);
    }
  }

  private static void delete(Path path) throws IOException {
    Files.deleteIfExists(path);
  }

  private static void rename(Path path, Path other) throws IOException {
    if (isFile(path)) {
      Files.move(path, other, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void attributes(Path path) throws IOException {
    if (isFile(path)) {
      Files.setAttribute(path, "unix:mode", 0600 + random.nextInt(0100));
      Files.setLastModifiedTime(path, FileTime.from(Instant.ofEpochSecond(random.nextInt())));
      if (System.getProperty("user.name").equals("root")) {
        Files.setAttribute(path, "unix:uid", random.nextInt(2000));
      }
    }
  }

  private void symbolic(Path path) throws IOException {
    Files.deleteIfExists(path);
    Files.createSymbolicLink(path, Path.of("f" + random.nextInt(NAMES)));
  }

  private static void hard(Path path, Path other) throws IOException {
    if (isFile(path) && !path.equals(other)) {
      Files.deleteIfExists(other);
      Files.createLink(other, path);
    }
  }

  private static boolean isFile(Path path) {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
  }
}
