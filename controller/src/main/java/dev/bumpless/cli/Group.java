package dev.bumpless.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Verbs that only group others; alone they are a usage error. */
abstract class Group implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "what to " + spec.name() + " is missing");
  }

  @Command(
      name = "set",
      description = "Change one thing of an app.",
      synopsisSubcommandLabel = "WHAT")
  static final class Set extends Group {}

  @Command(
      name = "rollout",
      description = "Watch a release travel to its devices, steer it, or take it back.",
      synopsisSubcommandLabel = "WHAT")
  static final class Rollout extends Group {}

  @Command(name = "get", description = "List things.", synopsisSubcommandLabel = "WHAT")
  static final class Get extends Group {}

  @Command(
      name = "describe",
      description = "Tell all that is known of one thing.",
      synopsisSubcommandLabel = "WHAT")
  static final class Describe extends Group {}

  @Command(name = "delete", description = "Remove things.", synopsisSubcommandLabel = "WHAT")
  static final class Delete extends Group {}

  @Command(
      name = "token",
      description = "Say who may call the controller; works on the files of this machine.",
      synopsisSubcommandLabel = "WHAT")
  static final class Token extends Group {}

  @Command(
      name = "audit",
      description = "Take out or check the record of who did what.",
      synopsisSubcommandLabel = "WHAT")
  static final class Audit extends Group {}
}
