package dev.bumpless.controller.rollout;

import dev.bumpless.controller.rollout.Target.Outcome;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.RolloutName;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.ReleaseId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Something that was asked for, and how far each device is with it.
 *
 * @param id also the id of its orders
 * @param command name of the {@link Command}, or {@link #IN_WAVES}
 * @param cause what was asked for, in the words of the CLI
 * @param targets by device, never empty
 * @param course of one in waves; empty where everybody goes at once
 */
public record Rollout(
    UUID id,
    AppName app,
    String command,
    Instant createdAt,
    String cause,
    List<Target> targets,
    Optional<Course> course) {
  /** Command of what a manifest of {@code kind: Rollout} asks for. */
  public static final String IN_WAVES = "rollout";

  public Rollout {
    targets = List.copyOf(targets);
  }

  /** One that goes to everybody at once. */
  public Rollout(
      UUID id, AppName app, String command, Instant createdAt, String cause, List<Target> targets) {
    this(id, app, command, createdAt, cause, targets, Optional.empty());
  }

  /** Whether it is one in waves that may still send orders. */
  public boolean isOpen() {
    return course.filter(c -> c.state().isOpen()).isPresent();
  }

  /** Whether nothing more happens by itself. */
  public boolean isDone() {
    return targets.stream().allMatch(Target::isFinished) && !isOpen();
  }

  /** The devices that it has to itself: of one in waves those that are not finished there. */
  public List<DeviceId> reserved() {
    return isOpen()
        ? targets.stream().filter(target -> !target.isFinished()).map(Target::device).toList()
        : List.of();
  }

  public boolean isSucceeded() {
    return course.isEmpty()
        ? targets.stream().allMatch(target -> target.phase().isSuccess())
        : targets.stream()
            .allMatch(t -> t.outcome(course.get().manifest().limits()) == Outcome.SUCCEEDED);
  }

  public Optional<RolloutName> name() {
    return course.map(c -> c.manifest().name());
  }

  /** For messages: its name, or what was asked for. */
  public String title() {
    return name().map(n -> "rollout " + n).orElse(cause);
  }

  public Rollout withTargets(List<Target> others) {
    return new Rollout(id, app, command, createdAt, cause, others, course);
  }

  public Rollout withCourse(Course other) {
    return new Rollout(id, app, command, createdAt, cause, targets, Optional.of(other));
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
