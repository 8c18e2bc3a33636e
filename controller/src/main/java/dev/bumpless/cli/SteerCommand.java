package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rollout pause NAME} and the others that steer a rollout in waves. */
abstract class SteerCommand extends RemoteCommand {
  @Parameters(paramLabel = "NAME", description = "The rollout.")
  private String name = "";

  @Mixin private WaitOptions waiting = new WaitOptions();

  private final String verb;

  private SteerCommand(Terminal terminal, String verb) {
    super(terminal);
    this.verb = verb;
  }

  @Override
  final ExitCode run(Api api) {
    JsonNode nothing = JsonNodeFactory.instance.objectNode();
    JsonNode json = api.post("/rollouts/" + Api.segment(name) + "/" + verb, nothing);
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

  @Command(
      name = "pause",
      description = "Send nothing more until it is resumed; what has begun goes on.")
  static final class Pause extends SteerCommand {
    Pause(Terminal terminal) {
      super(terminal, "pause");
    }
  }

  @Command(name = "resume", description = "Go on; the failures until now no longer count.")
  static final class Resume extends SteerCommand {
    Resume(Terminal terminal) {
      super(terminal, "resume");
    }
  }

  @Command(name = "approve", description = "Let the next wave go.")
  static final class Approve extends SteerCommand {
    Approve(Terminal terminal) {
      super(terminal, "approve");
    }
  }

  @Command(
      name = "abort",
      description = "End it: nobody gets an order any more; what has begun goes on.")
  static final class Abort extends SteerCommand {
    Abort(Terminal terminal) {
      super(terminal, "abort");
    }
  }

  @Command(name = "retry", description = "Ask the devices again that failed, and go on.")
  static final class Retry extends SteerCommand {
    Retry(Terminal terminal) {
      super(terminal, "retry");
    }
  }
}
