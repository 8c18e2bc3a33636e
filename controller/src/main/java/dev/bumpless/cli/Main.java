package dev.bumpless.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Wires the verbs and runs one. */
@Command(
    name = "bumpless",
    description = "Upgrades the containers of small gateways under their live clients.",
    synopsisSubcommandLabel = "VERB",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footer = {
      "",
      "Environment: BUMPLESS_URL and BUMPLESS_TOKEN name the controller.",
      "Exit codes: 0 done, 1 failed or rolled back, 2 usage, 3 timed out, 4 rejected."
    })
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(run(Terminal.ofThisProcess(), args));
  }

  static int run(Terminal terminal, String... args) {
    return commandLine(terminal).execute(args);
  }

  private static CommandLine commandLine(Terminal terminal) {
    CommandLine commandLine =
        new CommandLine(new Main())
            .addSubcommand(new InitCommand(terminal))
            .addSubcommand(
                new CommandLine(new Group.Token())
                    .addSubcommand(new TokenCommand.Create(terminal))
                    .addSubcommand(new TokenCommand.Names(terminal))
                    .addSubcommand(new TokenCommand.Delete(terminal)))
            .addSubcommand(new ApplyCommand(terminal))
            .addSubcommand(
                new CommandLine(new Group.Set()).addSubcommand(new SetImageCommand(terminal)))
            .addSubcommand(
                new CommandLine(new Group.Rollout())
                    .addSubcommand(new RolloutStatusCommand(terminal))
                    .addSubcommand(new RolloutHistoryCommand(terminal))
                    .addSubcommand(new RolloutUndoCommand(terminal))
                    .addSubcommand(new SteerCommand.Pause(terminal))
                    .addSubcommand(new SteerCommand.Resume(terminal))
                    .addSubcommand(new SteerCommand.Approve(terminal))
                    .addSubcommand(new SteerCommand.Abort(terminal))
                    .addSubcommand(new SteerCommand.Retry(terminal))
                    .addSubcommand(new ForceCommand(terminal))
                    .addSubcommand(new RehearseCommand(terminal))
                    .addSubcommand(new AppCommand.Restart(terminal)))
            .addSubcommand(new AppCommand.Restart(terminal))
            .addSubcommand(new AppCommand.Stop(terminal))
            .addSubcommand(new AppCommand.Start(terminal))
            .addSubcommand(new DiffCommand(terminal))
            .addSubcommand(
                new CommandLine(new Group.Get())
                    .addSubcommand(new GetDevicesCommand(terminal))
                    .addSubcommand(new GetAppsCommand(terminal))
                    .addSubcommand(new GetReleasesCommand(terminal))
                    .addSubcommand(new GetRolloutsCommand(terminal))
                    .addSubcommand(new GetSourcesCommand(terminal))
                    .addSubcommand(new GetAuditCommand(terminal)))
            .addSubcommand(
                new CommandLine(new Group.Describe())
                    .addSubcommand(new DescribeCommand.OfDevice(terminal))
                    .addSubcommand(new DescribeCommand.OfApp(terminal))
                    .addSubcommand(new DescribeCommand.OfSource(terminal)))
            .addSubcommand(new LogsCommand(terminal))
            .addSubcommand(
                new CommandLine(new Group.Audit())
                    .addSubcommand(new AuditExportCommand(terminal))
                    .addSubcommand(new AuditVerifyCommand(terminal)))
            .addSubcommand(
                new CommandLine(new Group.Delete()).addSubcommand(new AppCommand.Delete(terminal)));
    return commandLine
        .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((wrong, args) -> explain(wrong, terminal))
        .setExecutionExceptionHandler((failure, command, parsed) -> explain(failure, terminal));
  }

  /** What is wrong comes first and is not buried under every option that there is. */
  private static int explain(ParameterException wrong, Terminal terminal) {
    CommandLine verb = wrong.getCommandLine();
    String what = String.valueOf(wrong.getMessage()).replace("option option", "option");
    terminal.err().println("error: " + what.replaceFirst("^Error: ", ""));
    PrintWriter err = new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8);
    UnmatchedArgumentException.printSuggestions(wrong, err);
    if (!verb.getSubcommands().isEmpty()) {
      terminal.err().println("there are:");
      verb.getSubcommands().keySet().forEach(name -> terminal.err().println("  " + name));
    }
    terminal.err().println("hint: see `" + verb.getCommandSpec().qualifiedName() + " --help`");
    return ExitCode.USAGE.code();
  }

  private static int explain(Exception failure, Terminal terminal) {
    if (failure instanceof CliException told) {
      terminal.err().println("error: " + told.getMessage());
      told.details().forEach(terminal.err()::println);
      if (!told.hint().isEmpty()) {
        terminal.err().println("hint: " + told.hint());
      }
      return told.exitCode().code();
    }
    terminal.err().println("error: this is a fault of the command line itself: " + failure);
    failure.printStackTrace(terminal.err());
    return ExitCode.FAILED.code();
  }
}
