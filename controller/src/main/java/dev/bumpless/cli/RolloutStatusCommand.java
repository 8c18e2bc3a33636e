package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rollout status NAME}: a rollout, or the newest of an app; the exit code follows it. */
@Command(
    name = "status",
    description = "Show a rollout, or the newest one of an app; watch it with --wait.")
final class RolloutStatusCommand extends RemoteCommand {
  @Parameters(paramLabel = "NAME", description = "The rollout, or the app.")
  private String name = "";

  @Mixin private WaitOptions waiting = new WaitOptions();

  RolloutStatusCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(Api api) {
    JsonNode json = api.get("/rollouts/" + Api.segment(name));
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
