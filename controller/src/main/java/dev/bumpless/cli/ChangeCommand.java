package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the verbs share that start a rollout. */
abstract class ChangeCommand extends RemoteCommand {
  @Mixin private TargetOptions target = new TargetOptions();
  @Mixin private WaitOptions waiting = new WaitOptions();

  @Option(
      names = "--supersede",
      description = "Take the devices from a rollout in waves that runs there.")
  private boolean supersede;

  ChangeCommand(Terminal terminal) {
    super(terminal);
  }

  /**
   * Asks for a rollout and waits for its end if the person wants that.
   *
   * @param request puts in the action and what it needs
   */
  final ExitCode order(Api api, Consumer<ObjectNode> request) {
    JsonNode rollout = ask(api, request);
    if (waiting.isWanted()) {
      return new RolloutWatch(api, terminal, waiting.timeout()).watch(rollout, isJson());
    }
    print(new Rollout(rollout));
    return ExitCode.DONE;
  }

  /** The answer to what is asked for. */
  final JsonNode ask(Api api, Consumer<ObjectNode> request) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    request.accept(body);
    target.addTo(body);
    if (supersede) {
      body.put("supersede", true);
    }
    return api.post("/rollouts", body);
  }

  private void print(Rollout rollout) {
    if (isJson()) {
      printJson(rollout.json());
      return;
    }
    if (rollout.isInWaves()) {
      rollout.print(terminal.out());
      terminal
          .out()
          .println("watch it with: bumpless rollout status " + rollout.name() + " --wait");
      return;
    }
    terminal.out().println(rollout.title() + ": ordered");
    rollout.devices().forEach(d -> terminal.out().println("  " + d.name()));
    terminal.out().println("watch it with: bumpless rollout status " + rollout.app() + " --wait");
  }
}
