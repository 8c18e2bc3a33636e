package dev.bumpless.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** On which devices; none of them means: where the app is. */
final class TargetOptions {
  @ArgGroup private Choice choice = new Choice();

  /** At most one of these. */
  static final class Choice {
    @Option(
        names = "--device",
        paramLabel = "ID",
        split = ",",
        description = "This device; may be given more than once.")
    private @Nullable List<String> devices;

    @Option(
        names = "--target",
        paramLabel = "KEY=VALUE",
        split = ",",
        description = "Every device that has all of these labels.")
    private @Nullable Map<String, String> labels;

    @Option(names = "--all", description = "Every device.")
    private boolean all;
  }

  /**
   * Adds {@code target} to the body of a rollout, if one was chosen. A choice that came out empty
   * ({@code --device ,}) goes there too, to be refused: left out it would mean every device.
   */
  void addTo(ObjectNode body) {
    if (choice.all) {
      body.putObject("target").put("all", true);
    } else if (choice.devices != null) {
      choice.devices.forEach(body.putObject("target").putArray("devices")::add);
    } else if (choice.labels != null) {
      choice.labels.forEach(body.putObject("target").putObject("labels")::put);
    }
  }
}
