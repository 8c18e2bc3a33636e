package dev.bumpless.agent.state;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * Runs commands in running containers, with streams; the engine's part of carrying state. Any
 * thread.
 */
public interface ContainerCommands {

  /**
   * Returns when the command has ended and {@code out} has all that it wrote to its standard
   * output. Bytes are passed on as they come, and no faster than {@code out} takes them.
   *
   * <p>The command's standard input ends when {@code in} does. Where {@code in} fails instead, the
   * command is killed first, so that it never takes a part for the whole. A command that does not
   * read its input to the end is none the worse for it. {@code in} is closed at the end.
   *
   * @throws IOException when it could not be run, or a stream failed
   * @throws TimeoutException when it had not ended within the limit; it was killed, or the message
   *     tells that it could not be
   * @throws InterruptedException when the thread was interrupted; it was killed
   */
  Ended run(
      String containerId, List<String> command, InputStream in, OutputStream out, Duration limit)
      throws IOException, TimeoutException, InterruptedException;

  /**
   * How it ended.
   *
   * @param lastWords the end of what it wrote for people, on one line
   */
  record Ended(int exitCode, String lastWords) {}
}
