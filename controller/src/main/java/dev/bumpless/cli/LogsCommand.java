package dev.bumpless.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code logs DEVICE/APP}: what its containers wrote, streamed through the controller. */
@Command(name = "logs", description = "Show what an app's containers on a device wrote.")
final class LogsCommand extends RemoteCommand {
  /** The slots of an app. */
  enum SlotName {
    blue,
    green
  }

  @Parameters(paramLabel = "DEVICE/APP", description = "The device and the app on it.")
  private String where = "";

  @Option(
      names = {"-f", "--follow"},
      description = "Stay and show what is written from now on.")
  private boolean follow;

  @Option(
      names = "--tail",
      paramLabel = "N",
      defaultValue = "100",
      description = "How many of the last lines to show first (default: ${DEFAULT-VALUE}).")
  private int tail;

  @Option(
      names = "--slot",
      paramLabel = "blue|green",
      description = "This slot instead of the one that serves.")
  private @Nullable SlotName slot;

  @Option(
      names = {"-c", "--container"},
      paramLabel = "NAME",
      description = "This container, if the app has several.")
  private @Nullable String container;

  LogsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(Api api) {
    String[] parts = where.split("/", -1);
    if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty() || tail < 0) {
      throw new CliException(
          ExitCode.USAGE,
          tail < 0 ? "--tail must not be negative" : "'" + where + "' is not DEVICE/APP",
          "for example: bumpless logs dev-1/node-red --tail 20");
    }
    try (InputStream log = api.stream(path(parts[0], parts[1]))) {
      copy(log);
    } catch (IOException cut) {
      throw new CliException(
          ExitCode.FAILED, "the log of " + where + " was cut off: " + cut.getMessage(), "");
    }
    return ExitCode.DONE;
  }

  private String path(String device, String app) {
    return "/devices/"
        + Api.segment(device)
        + "/apps/"
        + Api.segment(app)
        + "/logs?tail="
        + tail
        + "&follow="
        + follow
        + (slot == null ? "" : "&slot=" + slot)
        + (container == null ? "" : "&container=" + Api.segment(container));
  }

  private void copy(InputStream log) throws IOException {
    if (!isJson()) {
      byte[] buffer = new byte[8192];
      for (int count = log.read(buffer); count >= 0; count = log.read(buffer)) {
        terminal.out().write(buffer, 0, count);
        terminal.out().flush();
      }
      return;
    }
    BufferedReader lines = new BufferedReader(new InputStreamReader(log, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      terminal.out().println(JsonNodeFactory.instance.objectNode().put("line", line));
    }
  }
}
