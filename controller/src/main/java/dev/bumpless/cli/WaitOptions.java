package dev.bumpless.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** {@code --wait} and {@code --timeout}, on every verb that changes or watches something. */
final class WaitOptions {
  @Option(
      names = "--wait",
      description = "Wait for the final state of every device, a bake included.")
  private boolean wait;

  @Option(
      names = "--timeout",
      paramLabel = "5m",
      defaultValue = "5m",
      converter = Durations.class,
      description = "Longest wait (default: ${DEFAULT-VALUE}). The rollout goes on after it.")
  private Duration timeout = Duration.ofMinutes(5);

  boolean isWanted() {
    return wait;
  }

  Duration timeout() {
    return timeout;
  }
}
