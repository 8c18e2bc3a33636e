package dev.bumpless.agent.health;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Runs a command in a running container; the engine's part of the exec probe. */
public interface ContainerExec {

  /**
   * Returns when the command has ended. Called by the threads that probe, several at once.
   *
   * @throws IOException when it could not be run or has not ended in time
   */
  Ended run(String containerId, List<String> command, Duration timeout) throws IOException;

  /**
   * How it ended.
   *
   * @param output the beginning of what it wrote, at most 4 KiB
   */
  record Ended(int exitCode, String output) {}
}
