package dev.bumpless.agent.state;

import dev.bumpless.agent.swap.ObservedContainer;
import dev.bumpless.agent.swap.StateTransfer.Side;
import dev.bumpless.agent.swap.TransferException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;

/**
 * A command of the manifest in a container of an app.
 *
 * @param role what it is in the manifest: {@code export}, {@code import}, {@code hook}
 * @param place for a person: {@code container 'plc' of pump:blue/0}
 */
record Command(String role, String place, String containerId, List<String> words) {
  /** What a shell, and the engine, end with where there is no such program, or it cannot run. */
  private static final int CANNOT_RUN = 126;

  private static final int NOT_FOUND = 127;
  private static final int SHOWN_CHARS = 80;

  /**
   * @throws TransferException where the container is not there or does not run
   */
  static Command of(String role, Side side, String container, List<String> words)
      throws TransferException {
    ObservedContainer found = side.container(container);
    String place = "container '%s' of %s".formatted(container, side.instance());
    if (!found.isRunning()) {
      throw new TransferException(
          "%s cannot run: %s is %s"
              .formatted(role, place, found.state().name().toLowerCase(Locale.ROOT)));
    }
    return new Command(role, place, found.id(), words);
  }

  /**
   * Runs it to its end.
   *
   * @throws TransferException where it did not end with 0 within the limit
   */
  void run(ContainerCommands commands, InputStream in, OutputStream out, Duration limit)
      throws TransferException, InterruptedException {
    ContainerCommands.Ended ended;
    try {
      ended = commands.run(containerId, words, in, out, limit);
    } catch (TimeoutException e) {
      throw new TransferException(
          "%s: %s; make it quicker, or raise 'upgrade.hold'".formatted(this, e.getMessage()), e);
    } catch (IOException e) {
      throw new TransferException("%s: %s".formatted(this, e.getMessage()), e);
    }
    if (ended.exitCode() != 0) {
      throw new TransferException(
          "%s ended with %d%s%s"
              .formatted(this, ended.exitCode(), said(ended), hint(ended.exitCode())));
    }
  }

  private static String said(ContainerCommands.Ended ended) {
    return ended.lastWords().isEmpty()
        ? ", and wrote nothing of why"
        : "; it wrote last: '" + ended.lastWords() + "'";
  }

  private static String hint(int exitCode) {
    return exitCode == CANNOT_RUN || exitCode == NOT_FOUND
        ? "; is that program in the image?"
        : "; mend it, or the manifest";
  }

  /** {@code export 'save --all' in container 'plc' of pump:blue/0}. */
  @Override
  public String toString() {
    String command = String.join(" ", words).replaceAll("\\s+", " ");
    String shown =
        command.length() <= SHOWN_CHARS ? command : command.substring(0, SHOWN_CHARS) + "…";
    return "%s '%s' in %s".formatted(role, shown, place);
  }
}
