package dev.bumpless.router.table;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The records on disk, a file an app. A write is two steps, so that whoever writes can change its
 * mind up to an instant that it knows: {@link #prepare} makes the new file durable under another
 * name, {@link #commit} renames it into place and makes the rename durable. One thread at a time.
 */
final class TableStore {
  private static final System.Logger LOG = System.getLogger(TableStore.class.getName());
  private static final String SUFFIX = ".routes";
  private static final String PREPARED = ".next";
  private static final String BROKEN = ".broken";

  private final Path folder;

  TableStore(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  /**
   * All records that are whole. A broken file is put aside as {@code NAME.routes.broken}: an older
   * record is no substitute, its slot may be gone or behind; the agent defines the app again.
   */
  List<AppRecord> load() throws IOException {
    List<AppRecord> records = new ArrayList<>();
    for (Path file : files()) {
      if (file.toString().endsWith(PREPARED)) {
        Files.delete(file);
      } else if (file.toString().endsWith(SUFFIX)) {
        try {
          AppRecord app = RecordText.read(Files.readString(file));
          if (!file.equals(file(app.app()))) {
            throw new IllegalArgumentException("holds the record of " + app.app());
          }
          records.add(app);
        } catch (IllegalArgumentException | IOException e) {
          LOG.log(
              Level.ERROR, "event=record-put-aside file={0} reason=\"{1}\"", file, e.getMessage());
          Files.move(file, Path.of(file + BROKEN), REPLACE_EXISTING);
        }
      }
    }
    return records;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> listing = Files.list(folder)) {
      return listing.sorted().toList();
    }
  }

  void prepare(AppRecord app) throws IOException {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(RecordText.write(app));
    try (FileChannel out =
        FileChannel.open(prepared(app.app()), CREATE, WRITE, TRUNCATE_EXISTING)) {
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
  }

  void commit(AppRecord app) throws IOException {
    Files.move(prepared(app.app()), file(app.app()), ATOMIC_MOVE, REPLACE_EXISTING);
    force();
  }

  void abandon(AppRecord app) throws IOException {
    Files.deleteIfExists(prepared(app.app()));
  }

  void remove(String app) throws IOException {
    Files.deleteIfExists(file(app));
    force();
  }

  private void force() throws IOException {
    try (FileChannel directory = FileChannel.open(folder, READ)) {
      directory.force(true);
    }
  }

  private Path file(String app) {
    return folder.resolve(app + SUFFIX);
  }

  private Path prepared(String app) {
    return folder.resolve(app + SUFFIX + PREPARED);
  }
}
