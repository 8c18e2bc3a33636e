package dev.bumpless.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rollout undo APP}: a new order for an older release. */
@Command(name = "undo", description = "Go back to the release that ran before.")
final class RolloutUndoCommand extends ChangeCommand {
  @Parameters(paramLabel = "NAME", description = "The app, or a rollout in waves.")
  private String app = "";

  @Option(
      names = {"--to-release", "--to-revision"},
      paramLabel = "N",
      description = "Go to this release instead; see `rollout history`.")
  private @Nullable Integer release;

  RolloutUndoCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(Api api) {
    return order(api, this::fill);
  }

  private void fill(ObjectNode body) {
    body.put("action", "undo").put("app", app);
    if (release != null) {
      body.put("toRelease", release);
    }
  }
}
