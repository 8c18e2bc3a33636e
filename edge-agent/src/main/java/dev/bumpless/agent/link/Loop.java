package dev.bumpless.agent.link;

import java.time.Duration;

/** One thread that does what it is given, in order. All methods are safe for any thread. */
interface Loop {
  /** Dropped without a word after {@link #closeAfter}. */
  void execute(Runnable task);

  /** As {@link #execute}, after that time. */
  void schedule(Duration delay, Runnable task);

  /** Does {@code last} after what is due, waits for it for a while, and ends the thread. */
  void closeAfter(Runnable last);
}
