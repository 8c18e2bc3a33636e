package dev.bumpless.controller.rollout;

import dev.bumpless.controller.rollout.Course.State;
import dev.bumpless.controller.rollout.RolloutStep.Admit;
import dev.bumpless.controller.rollout.RolloutStep.Cancel;
import dev.bumpless.controller.rollout.RolloutStep.Expire;
import dev.bumpless.controller.rollout.RolloutStep.Finish;
import dev.bumpless.controller.rollout.RolloutStep.IssueOrder;
import dev.bumpless.controller.rollout.RolloutStep.OpenNextWave;
import dev.bumpless.controller.rollout.RolloutStep.Pause;
import dev.bumpless.controller.rollout.RolloutStep.Recall;
import dev.bumpless.controller.rollout.RolloutStep.RollBack;
import dev.bumpless.controller.rollout.RolloutStep.Settle;
import dev.bumpless.manifest.Opening;
import dev.bumpless.manifest.RolloutManifest;
import dev.bumpless.manifest.RolloutManifest.OnFailure;
import dev.bumpless.manifest.Wave;
import dev.bumpless.protocol.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Decides what a rollout in waves needs next; touches nothing.
 *
 * <h2>What always holds</h2>
 *
 * No device gets an order before its wave is open, above a limit, or while the rollout is not
 * running. A wave opens once those before it are over, within limits, and after its gate. An order
 * that a device does not have yet, or with which it waits for its window, is taken back whenever it
 * would not be given now: so nothing starts late because a link was down.
 *
 * <p>An order is good for one opening of the window, which follows from the moment at which it was
 * made. It goes out before; a device that has not begun when the opening is over is told the next.
 *
 * <h2>One thing after the other</h2>
 *
 * What changes the count of failures comes first, then what stops the rollout, then what lets it go
 * on. Each plan holds steps that do not depend on each other; what they change is planned again.
 */
final class WavePlanner {
  private final List<Target> targets;
  private final Course course;
  private final RolloutManifest manifest;
  private final Instant now;
  private final Tally tally;
  private final Map<Instant, Optional<Opening>> openings = new HashMap<>();

  WavePlanner(List<Target> targets, Course course, Instant now) {
    this.targets = targets;
    this.course = course;
    this.manifest = course.manifest();
    this.now = now;
    this.tally = Tally.of(targets, course);
  }

  /**
   * @param matching devices that the rollout is for today, with their sites
   */
  List<RolloutStep> plan(Map<DeviceId, Optional<String>> matching) {
    List<RolloutStep> steps = expired();
    if (steps.isEmpty() && !course.state().isOpen()) {
      steps = leftovers();
    } else if (steps.isEmpty() && course.isIn(State.PAUSED)) {
      steps = recalls();
    } else if (steps.isEmpty()) {
      steps = running(matching);
    }
    return steps;
  }

  private List<RolloutStep> running(Map<DeviceId, Optional<String>> matching) {
    Optional<RolloutStep> stop = stop();
    if (stop.isPresent()) {
      return List.of(stop.get());
    }
    List<RolloutStep> steps = newcomers(matching);
    if (steps.isEmpty()) {
      steps = orders();
    }
    return steps.isEmpty() ? gate().stream().toList() : steps;
  }

  private List<RolloutStep> expired() {
    return targets.stream()
        .filter(Target::isInFlight)
        .filter(t -> !dueAt(t).isAfter(now))
        .<RolloutStep>map(t -> new Expire(t, whyExpired(t)))
        .toList();
  }

  /** A device that let all of a window pass has failed too, or there would be no end to it. */
  private Instant dueAt(Target target) {
    Optional<Opening> opening = opening(target);
    Instant asked = target.issuedAt().orElse(now);
    Instant since = opening.map(Opening::from).filter(from -> from.isAfter(asked)).orElse(asked);
    // It began before its opening, so somebody forced it: its time counts from its last word.
    boolean isForced = target.hasBegun() && target.updatedAt().isBefore(since);
    return (isForced && opening.isPresent() ? target.updatedAt() : since).plus(timeFor(target));
  }

  /** From its order or opening on; who has not begun has no longer than the window is. */
  private Duration timeFor(Target target) {
    return opening(target)
        .filter(any -> !target.hasBegun())
        .map(any -> manifest.window().orElseThrow().length())
        .filter(length -> length.compareTo(manifest.deadline()) < 0)
        .orElse(manifest.deadline());
  }

  /** The only one in which the device may begin with the order that was made for it last. */
  private Optional<Opening> opening(Target target) {
    Optional<Instant> at = target.issuedAt();
    return manifest.window().isEmpty() || at.isEmpty()
        ? Optional.empty()
        : openings.computeIfAbsent(at.get(), manifest.window().get()::opening);
  }

  private String whyExpired(Target target) {
    return "no end within %s of its %s; %s"
        .formatted(
            text(timeFor(target)),
            manifest.window().isEmpty() ? "order" : "order and the opening of its window",
            target
                .report()
                .map(report -> "last heard: " + report.phase() + " " + report.message())
                .orElse("it never answered, and the order was withdrawn"));
  }

  /** After an abort or a way back: what has begun is seen to its end, nothing begins. */
  private List<RolloutStep> leftovers() {
    List<RolloutStep> steps = new ArrayList<>(recalls());
    steps.addAll(steps(t -> !t.isFinished() && !t.isInFlight(), t -> new Cancel(t, state())));
    return steps;
  }

  private List<RolloutStep> recalls() {
    return steps(
        t -> t.issued() && t.isInFlight() && (t.report().isEmpty() || isWaiting(t)),
        t -> new Recall(t, state()));
  }

  /** Whether a device has its order and may be waiting for its window with it. */
  private boolean isWaiting(Target target) {
    return manifest.window().isPresent() && !target.hasBegun();
  }

  private Optional<RolloutStep> stop() {
    Optional<String> failures = tally.tooManyFailures();
    Optional<String> reason = failures.or(() -> tally.tooFewSuccesses(course.wave()));
    boolean isRollback = manifest.onFailure() == OnFailure.ROLLBACK;
    if (reason.isPresent() && isRollback) {
      return reason.map(RollBack::new);
    }
    boolean isLeft = targets.stream().anyMatch(t -> !t.isFinished());
    if (reason.isPresent() && isLeft) {
      return reason.map(Pause::new);
    }
    boolean isMissed = targets.stream().anyMatch(t -> !t.isFinished() && !t.hasBegun());
    return manifest
        .window()
        .filter(window -> isMissed && window.isOver(now))
        .map(window -> new Pause("the window is over and not everybody had his turn"));
  }

  private List<RolloutStep> newcomers(Map<DeviceId, Optional<String>> matching) {
    if (matching.isEmpty()) {
      return List.of();
    }
    Set<DeviceId> known = targets.stream().map(Target::device).collect(Collectors.toSet());
    return new TreeMap<>(matching)
        .entrySet().stream()
            .filter(device -> !known.contains(device.getKey()))
            .<RolloutStep>map(device -> new Admit(device.getKey(), device.getValue()))
            .toList();
  }

  private List<RolloutStep> orders() {
    List<RolloutStep> orders = new ArrayList<>();
    Allowance allowance = allowance();
    for (Target target : targets) {
      if (isDue(target) && allowance.objection(target).isEmpty()) {
        allowance.take(target);
        orders.add(new IssueOrder(target));
      }
    }
    return orders;
  }

  private Allowance allowance() {
    return new Allowance(manifest.limits(), targets, this::opening, now);
  }

  private boolean isDue(Target target) {
    return !target.isFinished()
        && (!target.issued() || hasMissedItsOpening(target))
        && target.place().wave() <= course.wave();
  }

  private boolean hasMissedItsOpening(Target target) {
    return !target.hasBegun() && opening(target).filter(o -> o.isOver(now)).isPresent();
  }

  private Optional<RolloutStep> gate() {
    if (targets.stream().allMatch(Target::isFinished)) {
      return Optional.of(new Finish());
    }
    if (course.isLastWave()) {
      return Optional.empty();
    }
    boolean isSettled = tally.isSettled(course.wave());
    if (isSettled != course.settledAt().isPresent()) {
      return Optional.of(new Settle(isSettled ? Optional.of(now) : Optional.empty()));
    }
    boolean goes = isSettled && !course.openWave().approval() && !watchedUntil().isAfter(now);
    return goes ? Optional.of(new OpenNextWave()) : Optional.empty();
  }

  private Instant watchedUntil() {
    return course.settledAt().orElse(now).plus(course.openWave().after());
  }

  /** Why each device without an order has none, for a person. */
  Map<DeviceId, String> waiting() {
    Allowance allowance = allowance();
    Map<DeviceId, String> reasons = new TreeMap<>();
    for (Target target : targets) {
      if (!target.isFinished() && !target.issued()) {
        reasons.put(target.device(), reason(target, allowance) + remainder(target));
      }
    }
    return reasons;
  }

  private String reason(Target target, Allowance allowance) {
    if (!course.isIn(State.RUNNING)) {
      return state();
    }
    if (target.place().wave() > course.wave()) {
      return "wave " + (target.place().wave() + 1) + ": " + gateReason();
    }
    return allowance.objection(target).orElse("its order is about to be made");
  }

  private String gateReason() {
    Wave wave = course.openWave();
    int number = course.wave() + 1;
    if (course.settledAt().isEmpty()) {
      return "wave %d is under way, %d of %d not at their end"
          .formatted(number, tally.wave(course.wave()).open(), tally.wave(course.wave()).size());
    }
    return wave.approval()
        ? "waits for approval: bumpless rollout approve " + manifest.name()
        : "wave %d is watched until %s".formatted(number, watchedUntil());
  }

  /** What a device may still do that does not know yet that its order was taken back. */
  private String remainder(Target target) {
    return target.isBeingTakenBack()
        ? opening(target)
            .map(
                o ->
                    "; its order was taken back, and until it hears of that it may begin inside its window, from %s until %s"
                        .formatted(o.from(), o.until()))
            .orElse("")
        : "";
  }

  private String state() {
    return "the rollout is "
        + course.state()
        + (course.reason().isEmpty() ? "" : ": " + course.reason());
  }

  private List<RolloutStep> steps(Predicate<Target> which, Function<Target, RolloutStep> step) {
    return targets.stream().filter(which).map(step).toList();
  }

  private static String text(Duration span) {
    return span.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
