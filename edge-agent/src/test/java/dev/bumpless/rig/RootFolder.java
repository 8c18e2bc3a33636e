package dev.bumpless.rig;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The root file system of an image, made of files of this machine, for no registry is in reach. */
final class RootFolder {
  private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x");

  private final Path root;

  RootFolder(Path root) throws IOException {
    this.root = Files.createDirectories(root);
    Files.createDirectories(root.resolve("tmp"));
  }

  /** Where {@code path} of the image lies. */
  Path at(Path path) throws IOException {
    Path place = root.resolve(Path.of("/").relativize(path));
    Files.createDirectories(place.getParent());
    return place;
  }

  /** A program or library that is at {@code from} now, with the libraries that it names. */
  void program(Path from, Path to) throws IOException, InterruptedException {
    file(from, to);
    libraries(from);
  }

  void libraries(Path of) throws IOException, InterruptedException {
    Matcher matcher = LIBRARY.matcher(Command.run("ldd", of.toString()));
    while (matcher.find()) {
      Path library = Path.of(matcher.group(1));
      file(library, library);
    }
  }

  void file(Path from, Path to) throws IOException {
    Files.copy(
        from.toRealPath(),
        at(to),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.COPY_ATTRIBUTES);
  }

  /**
   * A folder with all that is in it, at the same place.
   *
   * @param without names of files and folders that are left out
   */
  void tree(Path folder, Set<String> without) throws IOException {
    each(folder, without, file -> true, file -> file(file, file));
  }

  /** The libraries of all shared objects that lie in {@code folder} of this machine. */
  void librariesOf(Path folder) throws IOException, InterruptedException {
    Set<Path> objects = new java.util.TreeSet<>();
    each(folder, Set.of(), file -> file.toString().endsWith(".so"), objects::add);
    for (Path object : objects) {
      libraries(object);
    }
  }

  private interface Work {
    void on(Path file) throws IOException;
  }

  private static void each(Path folder, Set<String> without, Predicate<Path> wanted, Work work)
      throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            return without.contains(path.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
              throws IOException {
            if (wanted.test(path) && Files.isRegularFile(path)) {
              work.on(path);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** All of it as the layer of an image. */
  void pack(Path tarGz) throws IOException, InterruptedException {
    Path unfinished = tarGz.resolveSibling(tarGz.getFileName() + ".unfinished");
    Command.run(
        "tar",
        "-C",
        root.toString(),
        "--owner=0",
        "--group=0",
        "--numeric-owner",
        "-czf",
        unfinished.toString(),
        ".");
    Files.move(unfinished, tarGz, StandardCopyOption.ATOMIC_MOVE);
  }
}
