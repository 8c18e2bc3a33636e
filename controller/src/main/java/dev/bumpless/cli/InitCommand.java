package dev.bumpless.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bumpless.controller.enrol.Init;
import dev.bumpless.protocol.DeviceId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code init DIR}: the keys and certificates of a fleet. It asks no controller. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = "Make the keys and certificates of a fleet, or add what is missing.")
final class InitCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "The folder for them; keep it secret.")
  private Path folder = Path.of("");

  @Option(
      names = "--devices",
      split = ",",
      paramLabel = "ID",
      description = "Devices to make a certificate for.")
  private List<String> devices = List.of();

  @Option(
      names = "--host",
      split = ",",
      paramLabel = "NAME",
      description = "Name or address of the controller's machine, besides loopback.")
  private List<String> hosts = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json",
      defaultValue = "table",
      description = "How to print what was made (default: ${DEFAULT-VALUE}).")
  private RemoteCommand.Format format = RemoteCommand.Format.table;

  private final Terminal terminal;

  InitCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    List<String> made = make();
    if (format == RemoteCommand.Format.json) {
      ObjectNode json = JsonNodeFactory.instance.objectNode().put("folder", folder.toString());
      made.forEach(json.putArray("made")::add);
      terminal.out().println(json.toPrettyString());
    } else {
      made.forEach(what -> terminal.out().println("made: " + what));
      if (made.isEmpty()) {
        terminal.out().println("nothing to add: everything is in " + folder);
      }
    }
    return ExitCode.DONE.code();
  }

  private List<String> make() {
    try {
      return Init.run(folder, devices.stream().map(DeviceId::new).toList(), hosts, Instant.now());
    } catch (IllegalArgumentException wrong) {
      throw new CliException(ExitCode.USAGE, String.valueOf(wrong.getMessage()), "");
    } catch (IOException failed) {
      throw new CliException(
          ExitCode.FAILED,
          "cannot make the keys in " + folder + ": " + failed,
          "may you write there, and is it a folder that `bumpless init` made?");
    }
  }
}
