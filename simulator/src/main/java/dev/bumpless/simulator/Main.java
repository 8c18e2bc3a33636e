package dev.bumpless.simulator;

import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code bumpless-simulator}: devices that are not there, and a controller that is. */
@Command(
    name = "bumpless-simulator",
    mixinStandardHelpOptions = true,
    description = "A controller of its own with simulated devices, gone when it is over.",
    synopsisSubcommandLabel = "WHAT",
    subcommands = {FleetCommand.class, RehearseCommand.class})
public final class Main {
  private static final int USAGE = 2;

  private Main() {}

  public static void main(String[] arguments) {
    CommandLine program =
        new CommandLine(new Main())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler((failure, command, parsed) -> explain(failure));
    System.exit(program.execute(arguments));
  }

  private static int explain(Exception failure) {
    if (failure instanceof NoSuchFileException missing) {
      System.err.println("error: there is no file " + missing.getFile());
      return USAGE;
    }
    System.err.println("error: " + failure.getMessage());
    return failure instanceof IllegalArgumentException ? USAGE : 1;
  }
}
