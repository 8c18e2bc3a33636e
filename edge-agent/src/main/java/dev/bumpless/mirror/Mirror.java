package dev.bumpless.mirror;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes one folder an exact copy of another, again and again: the first time while somebody writes
 * to it, the last time when nobody does.
 *
 * <h2>What is carried</h2>
 *
 * Names, content, type, owner, permissions, times of modification (of links not), symbolic and hard
 * links, holes. Sockets are left out: nobody listens on a copy. A pipe or a device is refused.
 * Extended attributes and access lists are not carried.
 *
 * <h2>What is looked at again</h2>
 *
 * A file's content is skipped only if the kernel's word on it (inode, time of change, which no
 * program can set, and all the rest) is what it was before it was copied last, and if that change
 * was so old by then that another one must have got another time. All others are compared block by
 * block. Before it is read a file is flushed, because only a write to a clean page of a memory map
 * changes the time. The target is nobody else's as long as this object lives.
 *
 * <p>One thread.
 */
final class Mirror {
  static final int MOST_ENTRIES = 200_000;

  private final Path from;
  private final Path to;
  private final Blocks blocks;
  private Map<Path, Seen> known = new HashMap<>();

  Mirror(Path from, Path to, long reserveBytes) {
    this.from = from;
    this.to = to;
    this.blocks = new Blocks(new Disk(to, reserveBytes));
  }

  /**
   * A name as it was when it was copied.
   *
   * @param isSettled whether a change since then would show
   */
  private record Seen(Entry entry, boolean isSettled) {}

  /**
   * Copies what differs; what comes and goes meanwhile may be missed.
   *
   * @throws Disk.NoRoomException with what was copied removed again
   */
  void copy() throws IOException {
    Pass pass = new Pass(false);
    try {
      pass.run();
    } catch (Disk.NoRoomException e) {
      known = new HashMap<>();
      pass.removeAll();
      throw e;
    }
    pass.difference(); // as in a hold, because the time that this takes is to be known
  }

  /**
   * Copies what differs, flushes it, and compares: then they are the same, or this throws.
   *
   * @throws IOException also where the source changes meanwhile
   */
  void copyExactly() throws IOException {
    Pass pass = new Pass(true);
    pass.run();
    Optional<String> difference = pass.difference();
    if (difference.isPresent()) {
      throw new IOException(difference.get());
    }
  }

  long writtenBytes() {
    return blocks.writtenBytes();
  }

  /** One time over the whole tree. */
  private final class Pass {
    private final boolean isExact;
    private final Map<Path, Seen> seen = new HashMap<>();
    private final Map<Object, Path> linked = new HashMap<>();
    private final Map<Path, Long> sums = new LinkedHashMap<>();
    private final Set<Path> touched = new HashSet<>();

    Pass(boolean isExact) {
      this.isExact = isExact;
    }

    void run() throws IOException {
      folder(Path.of(""), Entry.of(from));
      new Flush(to).of(touched);
      known = seen;
    }

    private void folder(Path name, Entry entry) throws IOException {
      Path target = to.resolve(name);
      Set<Path> names = names(from.resolve(name));
      for (Path there : names(target)) {
        if (!names.contains(there)) {
          remove(target.resolve(there));
        }
      }
      for (Path inside : names) {
        entry(name.resolve(inside));
      }
      attributes(target, entry);
      remember(name, entry, Instant.EPOCH);
    }

    /** In a copy of what is written, whatever fails because it has changed is for the next one. */
    private void entry(Path name) throws IOException {
      Instant now = Instant.now();
      Optional<Entry> entry = Entry.find(from.resolve(name));
      if (entry.isEmpty() && !isExact) {
        return;
      }
      try {
        carry(name, entry.orElseThrow(() -> new NoSuchFileException(name.toString())), now);
      } catch (FileSystemException e) {
        if (isExact || Entry.find(from.resolve(name)).equals(entry)) {
          throw e;
        }
      }
    }

    private void carry(Path name, Entry entry, Instant now) throws IOException {
      Seen before = known.get(name);
      if (entry.kind() == Kind.FOLDER) {
        make(name);
        folder(name, entry);
      } else if (before != null && before.isSettled() && before.entry().equals(entry)) {
        seen.put(name, before);
      } else {
        switch (entry.kind()) {
          case FILE -> file(name, entry);
          case LINK -> link(name, entry);
          case SOCKET -> remove(to.resolve(name));
          default ->
              throw new IOException(
                  "'%s' is a pipe or a device, which cannot be carried".formatted(name));
        }
        remember(name, entry, now);
      }
    }

    private void remember(Path name, Entry entry, Instant now) throws IOException {
      seen.put(name, new Seen(entry, entry.isSettledAt(now)));
      if (seen.size() > MOST_ENTRIES) {
        throw new IOException(
            "there are more than %d files, which is more than can be compared in a hold"
                .formatted(MOST_ENTRIES));
      }
    }

    private void make(Path name) throws IOException {
      Path target = to.resolve(name);
      Optional<Entry> there = Entry.find(target);
      if (there.isPresent() && there.get().kind() == Kind.FOLDER) {
        return;
      }
      remove(target);
      Files.createDirectory(target);
      touch(target);
    }

    private void file(Path name, Entry entry) throws IOException {
      Path target = to.resolve(name);
      Path first = entry.links() > 1 ? linked.putIfAbsent(entry.inode(), target) : null;
      if (first != null) {
        remove(target);
        Files.createLink(target, first);
        touch(target);
        return;
      }
      Optional<Entry> there = Entry.find(target);
      // Written through one of its names, a file with several would change under the others.
      if (there.isPresent() && (there.get().kind() != Kind.FILE || there.get().links() > 1)) {
        remove(target);
        there = Optional.empty();
      }
      if (there.isEmpty()) {
        touch(target);
      }
      long before = blocks.writtenBytes();
      long sum = blocks.copy(from.resolve(name), target, !isExact);
      if (blocks.writtenBytes() != before) {
        touched.add(target);
      }
      if (isExact) {
        sums.put(name, sum);
      }
      attributes(target, entry);
    }

    private void link(Path name, Entry entry) throws IOException {
      Path target = to.resolve(name);
      Path aim = Files.readSymbolicLink(from.resolve(name));
      Optional<Entry> there = Entry.find(target);
      if (there.isEmpty()
          || there.get().kind() != Kind.LINK
          || !Files.readSymbolicLink(target).equals(aim)) {
        remove(target);
        Files.createSymbolicLink(target, aim);
        touch(target);
      }
      attributes(target, entry);
    }

    private void attributes(Path target, Entry wanted) throws IOException {
      Entry there = Entry.of(target);
      if (there.user() != wanted.user() || there.group() != wanted.group()) {
        set(target, "unix:uid", wanted.user());
        set(target, "unix:gid", wanted.group());
        there = Entry.of(target); // a change of owner takes bits away
      }
      if (wanted.kind() != Kind.LINK && there.permissions() != wanted.permissions()) {
        set(target, "unix:mode", wanted.permissions());
      }
      if (wanted.kind() != Kind.LINK && !there.modified().equals(wanted.modified())) {
        set(target, "lastModifiedTime", FileTime.from(wanted.modified()));
      }
    }

    private void set(Path target, String attribute, Object value) throws IOException {
      Files.setAttribute(target, attribute, value, LinkOption.NOFOLLOW_LINKS);
      touched.add(target);
    }

    private void remove(Path target) throws IOException {
      Optional<Entry> there = Entry.find(target);
      if (there.isEmpty()) {
        return;
      }
      if (there.get().kind() == Kind.FOLDER) {
        for (Path inside : names(target)) {
          remove(target.resolve(inside));
        }
      }
      Files.delete(target);
      touched.remove(target);
      touched.add(target.getParent());
    }

    void removeAll() throws IOException {
      for (Path inside : names(to)) {
        remove(to.resolve(inside));
      }
    }

    /** A name has come, and so its folder has changed too. */
    private void touch(Path target) {
      touched.add(target);
      touched.add(target.getParent());
    }

    /** The first one found, for a person. */
    Optional<String> difference() throws IOException {
      try {
        Optional<String> found = difference(Path.of(""));
        for (Map.Entry<Path, Long> file : sums.entrySet()) {
          if (found.isEmpty() && blocks.sum(to.resolve(file.getKey())) != file.getValue()) {
            found = Optional.of("'%s' was not written as it was read".formatted(file.getKey()));
          }
        }
        return found;
      } catch (FileSystemException e) {
        return Optional.of("'%s' has come or gone while it was compared".formatted(e.getFile()));
      }
    }

    private Optional<String> difference(Path name) throws IOException {
      Entry source = Entry.of(from.resolve(name));
      Seen copied = seen.get(name);
      if (copied == null || !copied.entry().equals(source)) {
        return Optional.of(
            "'%s' changed while it was copied: something still writes there".formatted(name));
      }
      if (source.kind() == Kind.SOCKET) {
        return Optional.empty();
      }
      if (!source.isLike(Entry.of(to.resolve(name)))) {
        return Optional.of("'%s' has other attributes than its copy".formatted(name));
      }
      return source.kind() == Kind.FOLDER ? inside(name) : Optional.empty();
    }

    private Optional<String> inside(Path name) throws IOException {
      Set<Path> names = names(from.resolve(name));
      for (Path there : names(to.resolve(name))) {
        if (!names.contains(there)) {
          return Optional.of("'%s' is in the copy alone".formatted(name.resolve(there)));
        }
      }
      for (Path inside : names) {
        Optional<String> difference = difference(name.resolve(inside));
        if (difference.isPresent()) {
          return difference;
        }
      }
      return Optional.empty();
    }
  }

  /** As paths, which keep names that are no text. */
  private static Set<Path> names(Path folder) throws IOException {
    Set<Path> names = new HashSet<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
      found.forEach(path -> names.add(path.getFileName()));
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  /** One for each folder in {@code from}, to the one of its name in {@code to}. */
  static List<Mirror> all(Path from, Path to) throws IOException {
    return names(from).stream()
        .map(name -> new Mirror(from.resolve(name), to.resolve(name), Disk.RESERVE_BYTES))
        .toList();
  }
}
