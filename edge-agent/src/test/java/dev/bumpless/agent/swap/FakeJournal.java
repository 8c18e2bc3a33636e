package dev.bumpless.agent.swap;

import dev.bumpless.manifest.AppName;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A journal in memory that outlives the agents that use it. */
public final class FakeJournal implements Journal {
  private final Calls calls;
  private final Map<AppName, JournalEntry> entries = new HashMap<>();
  private int saves;
  private Consumer<JournalEntry> watcher = entry -> {};

  public FakeJournal(Calls calls) {
    this.calls = calls;
  }

  @Override
  public List<JournalEntry> load() throws IOException {
    return calls.call("journal.load", FakeJournal::failure, () -> List.copyOf(entries.values()));
  }

  @Override
  public void save(JournalEntry entry) throws IOException {
    calls.call(
        "journal.save",
        FakeJournal::failure,
        () -> {
          saves++;
          watcher.accept(entry);
          return entries.put(entry.app(), entry);
        });
  }

  /** Told of every entry just before it replaces the one before. */
  public void watch(Consumer<JournalEntry> newer) {
    watcher = newer;
  }

  public Optional<JournalEntry> of(AppName app) {
    return Optional.ofNullable(entries.get(app));
  }

  public int saves() {
    return saves;
  }

  /** The disk was exchanged. */
  public void lose() {
    entries.clear();
  }

  private static IOException failure(Calls.Failure failure) {
    return new IOException(failure.message());
  }
}
