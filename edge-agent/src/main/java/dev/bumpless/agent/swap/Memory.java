package dev.bumpless.agent.swap;

/**
 * What the agent carries of an app from one turn to the next: what survives it and what does not.
 */
record Memory(JournalEntry entry, Notes notes) {
  Memory with(JournalEntry newer) {
    return new Memory(newer, notes);
  }

  Memory with(Notes newer) {
    return new Memory(entry, newer);
  }
}
