package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code rollout history APP}: its releases, newest first. */
@Command(name = "history", description = "List the releases of an app, newest first.")
final class RolloutHistoryCommand extends RemoteCommand {
  @Parameters(paramLabel = "APP", description = "The app.")
  private String app = "";

  RolloutHistoryCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(Api api) {
    JsonNode releases = api.get("/apps/" + Api.segment(app) + "/releases");
    if (isJson()) {
      printJson(releases);
    } else {
      Releases table = new Releases();
      table.add(releases);
      table.print(terminal);
    }
    return ExitCode.DONE;
  }
}
