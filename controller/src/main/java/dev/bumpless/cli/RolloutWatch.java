package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.stream.Collectors;

/**
 * Follows a rollout to its end, or to the end of the wait. A controller that goes away meanwhile is
 * waited for: the devices carry on without it.
 */
final class RolloutWatch {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  private final Api api;
  private final Terminal terminal;
  private final long deadlineNanos;
  private final PhaseLines lines;
  private boolean unreachableTold;

  RolloutWatch(Api api, Terminal terminal, Duration timeout) {
    this.api = api;
    this.terminal = terminal;
    this.deadlineNanos = System.nanoTime() + timeout.toNanos();
    this.lines = new PhaseLines(terminal);
  }

  /** Shows each change on standard error, then prints the last state as the result. */
  ExitCode watch(JsonNode first, boolean asJson) {
    Rollout rollout = new Rollout(first);
    lines.show(rollout);
    while (!rollout.isDone() && !rollout.isPaused() && System.nanoTime() < deadlineNanos) {
      pause();
      rollout = look(rollout);
      lines.show(rollout);
    }
    lines.end();
    if (asJson) {
      terminal.out().println(rollout.json().toPrettyString());
    } else {
      rollout.print(terminal.out());
    }
    if (rollout.isPaused()) {
      return paused(rollout);
    }
    return rollout.isDone() ? rollout.outcome() : timedOut(rollout);
  }

  private Rollout look(Rollout last) {
    try {
      Rollout rollout = new Rollout(api.get("/rollouts/" + Api.segment(last.id())));
      unreachableTold = false;
      return rollout;
    } catch (ControllerUnreachableException away) {
      if (!unreachableTold) {
        lines.tell(away.getMessage() + "; the devices carry on, waiting for it");
        unreachableTold = true;
      }
      return last;
    }
  }

  private ExitCode paused(Rollout rollout) {
    terminal.err().println("error: " + rollout.title());
    terminal.err().println("hint: bumpless rollout retry, resume, abort or undo " + rollout.name());
    return ExitCode.FAILED;
  }

  private ExitCode timedOut(Rollout rollout) {
    String open =
        rollout.devices().stream()
            .filter(device -> !device.isFinal())
            .map(d -> d.name() + " " + d.phase() + (d.isOnline() ? "" : " (offline)"))
            .collect(Collectors.joining(", "));
    terminal.err().println("error: timed out; not final yet: " + open);
    terminal
        .err()
        .println(
            "hint: the rollout goes on; bumpless rollout status " + rollout.name() + " --wait");
    return ExitCode.TIMED_OUT;
  }

  private static void pause() {
    try {
      Thread.sleep(BETWEEN_LOOKS.toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new CliException(ExitCode.FAILED, "interrupted", "the rollout goes on");
    }
  }
}
