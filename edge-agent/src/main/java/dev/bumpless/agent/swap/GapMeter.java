package dev.bumpless.agent.swap;

import dev.bumpless.manifest.App;
import java.time.Duration;

/**
 * A synthetic client: asks through each listener of an app every 20 ms, so that an idle app has a
 * true figure too.
 */
public interface GapMeter {
  Measurement start(App app);

  /** Running until closed. Safe to read by any thread. */
  interface Measurement extends AutoCloseable {
    /** Longest time without an answer so far: between answers, less the pause between asks. */
    Duration longestGap();

    /** Asks that got no good answer so far. */
    int failures();

    @Override
    void close();
  }
}
