package dev.bumpless.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The verbs that need nothing but the app. */
abstract class AppCommand extends ChangeCommand {
  @Parameters(paramLabel = "APP", description = "The app.")
  private String app = "";

  private final String action;

  private AppCommand(Terminal terminal, String action) {
    super(terminal);
    this.action = action;
  }

  @Override
  final ExitCode run(Api api) {
    return order(api, body -> body.put("action", action).put("app", app));
  }

  @Command(
      name = "restart",
      description = "Swap an app for fresh containers of the release that it runs.")
  static final class Restart extends AppCommand {
    Restart(Terminal terminal) {
      super(terminal, "restart");
    }
  }

  @Command(name = "stop", description = "Stop an app's containers; its routes stay.")
  static final class Stop extends AppCommand {
    Stop(Terminal terminal) {
      super(terminal, "stop");
    }
  }

  @Command(name = "start", description = "Start an app that was stopped.")
  static final class Start extends AppCommand {
    Start(Terminal terminal) {
      super(terminal, "start");
    }
  }

  @Command(
      name = "app",
      description = "Remove an app's containers, networks and routes; named volumes stay.")
  static final class Delete extends AppCommand {
    Delete(Terminal terminal) {
      super(terminal, "delete");
    }
  }
}
