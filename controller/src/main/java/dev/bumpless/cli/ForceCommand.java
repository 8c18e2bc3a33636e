package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code rollout force NAME --device ID}: past the window, and the update leases of these devices.
 */
@Command(
    name = "force",
    description = "Have devices begin at once, not waiting for a window or an update lease.")
final class ForceCommand extends RemoteCommand {
  @Parameters(paramLabel = "NAME", description = "The rollout, or the app.")
  private String name = "";

  @Mixin private TargetOptions target = new TargetOptions();
  @Mixin private WaitOptions waiting = new WaitOptions();

  ForceCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(Api api) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    target.addTo(body);
    JsonNode json = api.post("/rollouts/" + Api.segment(name) + "/force", body);
    if (waiting.isWanted()) {
      return new RolloutWatch(api, terminal, waiting.timeout()).watch(json, isJson());
    }
    if (isJson()) {
      printJson(json);
    } else {
      new Rollout(json).print(terminal.out());
    }
    return ExitCode.DONE;
  }
}
