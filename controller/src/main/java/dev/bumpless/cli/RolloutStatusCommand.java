package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rollout status APP}: the newest rollout of an app; the exit code follows it. */
@Command(name = "status", description = "Show the newest rollout of an app; watch it with --wait.")
final class RolloutStatusCommand extends RemoteCommand {
  @Parameters(paramLabel = "APP", description = "The app.")
  private String app = "";

  @Mixin private WaitOptions waiting = new WaitOptions();

  RolloutStatusCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(Api api) {
    JsonNode json = api.get("/apps/" + Api.segment(app) + "/status");
    if (waiting.isWanted()) {
      return new RolloutWatch(api, terminal, waiting.timeout()).watch(json, isJson());
    }
    Rollout rollout = new Rollout(json);
    if (isJson()) {
      printJson(json);
    } else {
      rollout.print(terminal.out());
    }
    return rollout.isDone() ? rollout.outcome() : ExitCode.DONE;
  }
}
