package dev.bumpless.controller.fleet;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.LogChunk;
import java.time.Duration;
import java.util.Optional;

/** Asks a device for the log of a container. Called by any thread. */
public interface LogSource {

  /**
   * What is asked for.
   *
   * @param tail newest lines to begin with, 0 to 10,000
   */
  record Question(
      DeviceId device,
      AppName app,
      Optional<String> container,
      Optional<String> slot,
      int tail,
      boolean follow) {}

  /**
   * @throws dev.bumpless.controller.problem.ProblemException TOO_BUSY where as many logs are open
   *     as may be, DEVICE_OFFLINE where nobody would answer, STANDING_BY where another controller
   *     hears the devices
   */
  Answer ask(Question question);

  /** Pieces as they come; one thread reads. Closing tells the device to stop. */
  interface Answer extends AutoCloseable {
    /** The next piece; empty where none came in time. */
    Optional<LogChunk> next(Duration patience) throws InterruptedException;

    @Override
    void close();
  }
}
