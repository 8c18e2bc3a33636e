package dev.bumpless.controller.rollout;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.ReleaseId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Something that was asked for, and how far each device is with it.
 *
 * @param id also the id of its orders
 * @param command name of the {@link Command}
 * @param cause what was asked for, in the words of the CLI
 * @param targets by device, never empty
 */
public record Rollout(
    UUID id, AppName app, String command, Instant createdAt, String cause, List<Target> targets) {
  public Rollout {
    targets = List.copyOf(targets);
  }

  public boolean isDone() {
    return targets.stream().allMatch(Target::isFinished);
  }

  public boolean isSucceeded() {
    return targets.stream().map(Target::phase).allMatch(Phase::isSuccess);
  }

  /** The release that all its devices shall run; empty where there is none or not one. */
  public Optional<ReleaseId> release() {
    List<Optional<ReleaseId>> releases =
        targets.stream().map(target -> releaseOf(target.action())).distinct().toList();
    return releases.size() == 1 ? releases.get(0) : Optional.empty();
  }

  /** The release that an action names. */
  public static Optional<ReleaseId> releaseOf(Order.Action action) {
    return action instanceof Order.Run run
        ? Optional.of(run.revision().release())
        : Optional.empty();
  }
}
