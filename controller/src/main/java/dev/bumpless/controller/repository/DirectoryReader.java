package dev.bumpless.controller.repository;

import dev.bumpless.controller.source.Snapshot;
import dev.bumpless.controller.source.SourceReader;
import dev.bumpless.trust.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;

/**
 * A folder of this machine. Linked folders are not gone into; a linked file is read where it stays
 * inside the folder, as those of a mounted Kubernetes ConfigMap do.
 */
public final class DirectoryReader implements SourceReader {
  private static final int MOST_DEPTH = 8;
  private static final int MOST_ENTRIES = 20_000;

  private final Path folder;

  public DirectoryReader(Path folder) {
    this.folder = folder;
  }

  @Override
  public String place() {
    return "directory " + folder;
  }

  @Override
  public Snapshot read(Optional<Snapshot> known) {
    Manifests manifests = new Manifests(place());
    try {
      Path root = folder.toRealPath();
      for (Path file : meant(root, manifests)) {
        String path = root.relativize(file).toString();
        Path real = file.toRealPath();
        if (!real.startsWith(root)) {
          throw manifests.wrong(path, "it is a link that leads out of the folder");
        }
        if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
          throw manifests.wrong(path, "it is no file");
        }
        manifests.check(path, Files.size(real));
        manifests.add(path, content(real));
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw manifests.unreadable(
          e.getFile() + " is not there, or no folder", "make it, or correct 'directory'");
    } catch (IOException e) {
      throw manifests.unreadable("cannot be read: " + e, "may the controller's user read it?");
    } catch (UncheckedIOException e) {
      throw manifests.unreadable(
          "cannot be read: " + e.getCause(), "may the controller's user read it?");
    }
    return snapshot(manifests.all());
  }

  private static List<Path> meant(Path root, Manifests manifests) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new NotDirectoryException(root.toString());
    }
    try (Stream<Path> tree = Files.walk(root, MOST_DEPTH)) {
      List<Path> entries = tree.limit(MOST_ENTRIES + 1).toList();
      if (entries.size() > MOST_ENTRIES) {
        throw manifests.unreadable(
            "it holds more than " + MOST_ENTRIES + " files", "point the source to one that is its");
      }
      return entries.stream()
          .filter(file -> Manifests.isMeant(root.relativize(file).toString()))
          .filter(file -> !Files.isDirectory(file))
          .sorted()
          .toList();
    }
  }

  private static byte[] content(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return in.readNBytes(Manifests.MOST_FILE_BYTES);
    }
  }

  private static Snapshot snapshot(SortedMap<String, String> files) {
    StringBuilder all = new StringBuilder();
    files.forEach(
        (path, text) ->
            all.append(path).append('\0').append(text.length()).append('\0').append(text));
    return new Snapshot(Sha256.hex(all.toString().getBytes(StandardCharsets.UTF_8)), files);
  }
}
