package dev.bumpless.controller.source;

import java.util.List;

/** Remembers what was applied, over restarts too. Called by any thread. */
public interface AppliedStore {
  /** Of each source, the newest so many are kept. */
  int MOST = 2_000;

  /**
   * Replaces what is known of that unit of that source. Called inside the transaction that starts
   * the rollout, so that both are kept or neither.
   */
  void save(Applied applied);

  /** Newest first. */
  List<Applied> of(SourceName source);
}
