package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;

/** What the verbs share that start a rollout. */
abstract class ChangeCommand extends RemoteCommand {
  @Mixin private TargetOptions target = new TargetOptions();
  @Mixin private WaitOptions waiting = new WaitOptions();

  ChangeCommand(Terminal terminal) {
    super(terminal);
  }

  /**
   * Asks for a rollout and waits for its end if the person wants that.
   *
   * @param request puts in the action and what it needs
   */
  final ExitCode order(Api api, Consumer<ObjectNode> request) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    request.accept(body);
    target.addTo(body);
    JsonNode rollout = api.post("/rollouts", body);
    if (waiting.isWanted()) {
      return new RolloutWatch(api, terminal, waiting.timeout()).watch(rollout, isJson());
    }
    print(new Rollout(rollout));
    return ExitCode.DONE;
  }

  private void print(Rollout rollout) {
    if (isJson()) {
      printJson(rollout.json());
      return;
    }
    terminal.out().println(rollout.title() + ": ordered");
    rollout.devices().forEach(d -> terminal.out().println("  " + d.name()));
    terminal.out().println("watch it with: bumpless rollout status " + rollout.app() + " --wait");
  }
}
