package dev.bumpless.agent.store;

import dev.bumpless.agent.swap.Journal;
import dev.bumpless.agent.swap.JournalEntry;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.trust.AtomicFile;
import dev.bumpless.trust.TornFileException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The journal as a folder with a file for each app, some KB each. An entry that is there already is
 * not written again: flash wears. Several threads may save, each for another app.
 */
public final class JournalFile implements Journal {
  private static final Logger LOG = System.getLogger(JournalFile.class.getName());
  private static final String ENDING = ".journal";

  private final Path folder;
  private final JournalText text;
  private final Map<AppName, JournalEntry> written = new ConcurrentHashMap<>();

  /**
   * @param folder is made where it is missing
   * @param codec for the releases in the entries
   */
  public JournalFile(Path folder, MessageCodec codec) {
    this.folder = folder;
    this.text = new JournalText(codec);
  }

  @Override
  public List<JournalEntry> load() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<JournalEntry> entries = new ArrayList<>();
    for (Path file : files()) {
      read(file).ifPresent(entries::add);
    }
    entries.forEach(entry -> written.put(entry.app(), entry));
    return entries;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(f -> f.getFileName().toString().endsWith(ENDING)).sorted().toList();
    }
  }

  /** A bad entry costs what only it knew; an agent that does not start would cost the device. */
  private static void leaveOut(Path file, Exception why) {
    LOG.log(
        Level.ERROR,
        "the journal "
            + file
            + " cannot be read and is left out: the app goes on from labels and routes: "
            + why.getMessage());
  }

  private Optional<JournalEntry> read(Path file) throws IOException {
    try {
      Optional<byte[]> bytes = new AtomicFile(file).read();
      if (bytes.isEmpty()) {
        return Optional.empty();
      }
      JournalEntry entry = text.parse(new String(bytes.get(), StandardCharsets.UTF_8));
      if (!file(entry.app()).getFileName().equals(file.getFileName())) {
        throw new IllegalArgumentException("it is the journal of " + entry.app());
      }
      return Optional.of(entry);
    } catch (TornFileException | IllegalArgumentException e) {
      leaveOut(file, e);
      return Optional.empty();
    }
  }

  @Override
  public void save(JournalEntry entry) throws IOException {
    if (entry.equals(written.get(entry.app()))) {
      return;
    }
    written.remove(entry.app());
    new AtomicFile(file(entry.app())).write(text.write(entry).getBytes(StandardCharsets.UTF_8));
    written.put(entry.app(), entry);
  }

  private Path file(AppName app) {
    return folder.resolve(app.value() + ENDING);
  }
}
