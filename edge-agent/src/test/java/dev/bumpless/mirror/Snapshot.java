package dev.bumpless.mirror;

import dev.bumpless.trust.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All that is promised of a tree, read in another way than the mirror reads it. */
final class Snapshot {
  private Snapshot() {}

  static SortedMap<String, String> of(Path root) throws IOException {
    SortedMap<String, String> all = new TreeMap<>();
    Map<Object, String> names = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path path : walk.sorted().toList()) {
        String name = root.relativize(path).toString();
        all.put(name, describe(path) + sibling(path, name, names));
      }
    }
    return all;
  }

  private static String describe(Path path) throws IOException {
    Map<String, Object> a =
        Files.readAttributes(path, "unix:mode,uid,gid", LinkOption.NOFOLLOW_LINKS);
    String kind = "%o %s:%s".formatted((int) a.get("mode"), a.get("uid"), a.get("gid"));
    if (Files.isSymbolicLink(path)) {
      return kind + " -> " + Files.readSymbolicLink(path);
    }
    FileTime time = Files.getLastModifiedTime(path);
    String dated = kind + " " + time.toInstant().truncatedTo(ChronoUnit.MICROS);
    return Files.isRegularFile(path) ? dated + " " + Sha256.hex(Files.readAllBytes(path)) : dated;
  }

  /** The first name of a file that has several. */
  private static String sibling(Path path, String name, Map<Object, String> names)
      throws IOException {
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      return "";
    }
    Object inode = Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    String first = names.putIfAbsent(inode, name);
    return first == null ? "" : " = " + first;
  }
}
