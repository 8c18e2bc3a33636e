package dev.bumpless.agent.link;

import java.time.Duration;

/**
 * Does what it is given one after the other, in order, as one thread would. All methods are safe
 * for any thread.
 */
public interface Loop {
  /** Dropped without a word after {@link #closeAfter}. */
  void execute(Runnable task);

  /** As {@link #execute}, after that time. */
  void schedule(Duration delay, Runnable task);

  /** Does {@code last} after what is due, waits for it for a while, and ends. */
  void closeAfter(Runnable last);
}
