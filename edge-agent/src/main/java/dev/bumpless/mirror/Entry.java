package dev.bumpless.mirror;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the kernel says of a name, links not followed.
 *
 * @param permissions with the bits for set-user-id, set-group-id and sticky
 * @param modified to the microsecond: Java 17 cannot set it finer
 * @param changed when content or attributes changed last; nobody can set it
 * @param links how many names it has
 */
record Entry(
    Kind kind,
    int permissions,
    int user,
    int group,
    long size,
    Instant modified,
    Instant changed,
    Object inode,
    int links) {
  /** Far above the grain of the kernel's clock for files, which is a timer tick. */
  private static final Duration GRAIN = Duration.ofSeconds(2);

  private static final String WANTED = "unix:mode,uid,gid,size,lastModifiedTime,ctime,ino,nlink";

  static Entry of(Path path) throws IOException {
    Map<String, Object> read = Files.readAttributes(path, WANTED, LinkOption.NOFOLLOW_LINKS);
    int mode = number(read, "mode");
    return new Entry(
        Kind.of(mode),
        mode & 07777,
        number(read, "uid"),
        number(read, "gid"),
        (long) value(read, "size"),
        time(read, "lastModifiedTime").truncatedTo(ChronoUnit.MICROS),
        time(read, "ctime"),
        value(read, "ino"),
        number(read, "nlink"));
  }

  private static int number(Map<String, Object> read, String name) {
    return (int) value(read, name);
  }

  private static Instant time(Map<String, Object> read, String name) {
    return ((FileTime) value(read, name)).toInstant();
  }

  private static Object value(Map<String, Object> read, String name) {
    return Objects.requireNonNull(read.get(name), name);
  }

  static Optional<Entry> find(Path path) throws IOException {
    try {
      return Optional.of(of(path));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }

  /** Whether a later change is certain to show in {@link #changed}. */
  boolean isSettledAt(Instant now) {
    return changed.plus(GRAIN).isBefore(now);
  }

  /** Whether a copy has all that is carried beside the content. */
  boolean isLike(Entry copy) {
    return kind == copy.kind
        && user == copy.user
        && group == copy.group
        && (kind != Kind.FILE || size == copy.size)
        && (kind == Kind.LINK
            || (permissions == copy.permissions && modified.equals(copy.modified)));
  }
}
