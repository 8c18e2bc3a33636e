package dev.bumpless.agent.swap;

import java.io.IOException;
import java.util.List;

/**
 * What must outlive the agent and neither labels nor the route table can tell: one entry an app.
 * {@code load} is called once, before the first {@code save}; {@code save} by one thread at a time
 * for an app, at once for several.
 */
public interface Journal {

  /** All entries that can be read. One that is torn or strange is left out, and logged. */
  List<JournalEntry> load() throws IOException;

  /**
   * Replaces the app's entry. When it returns the entry survives a power cut; when it throws either
   * the old or the new one is there, never a mixture.
   */
  void save(JournalEntry entry) throws IOException;
}
