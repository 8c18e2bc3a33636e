package dev.bumpless.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
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
    private List<String> devices = List.of();

    @Option(
        names = "--target",
        paramLabel = "KEY=VALUE",
        split = ",",
        description = "Every device that has all of these labels.")
    private Map<String, String> labels = Map.of();

    @Option(names = "--all", description = "Every device.")
    private boolean all;
  }

  /** Adds {@code target} to the body of a rollout, if one was chosen. */
  void addTo(ObjectNode body) {
    if (choice.all) {
      body.putObject("target").put("all", true);
    } else if (!choice.devices.isEmpty()) {
      choice.devices.forEach(body.putObject("target").putArray("devices")::add);
    } else if (!choice.labels.isEmpty()) {
      choice.labels.forEach(body.putObject("target").putObject("labels")::put);
    }
  }
}
