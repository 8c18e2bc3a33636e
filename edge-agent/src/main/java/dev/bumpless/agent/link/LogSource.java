package dev.bumpless.agent.link;

import dev.bumpless.protocol.LogQuery;
import java.util.Optional;

/** Reads what an app's containers wrote. */
public interface LogSource {

  /**
   * Begins to read. Called by a thread that may block; closing what is returned ends the reading,
   * may be done by any thread and at any time.
   *
   * @param query verified: signed by the controller, for this device, not expired, not used before
   * @throws Exception where it cannot begin; the message is shown to who asked
   */
  AutoCloseable open(LogQuery query, LineSink sink) throws Exception;

  /** Where lines go: one call at a time, by any thread. */
  interface LineSink {
    /** A line with its end. Blocks while the network is slower than the log. */
    void line(String text);

    /** Nothing follows; with the reason where that is a failure. */
    void end(Optional<String> error);
  }
}
