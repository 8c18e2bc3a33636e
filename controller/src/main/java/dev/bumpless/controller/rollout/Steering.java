package dev.bumpless.controller.rollout;

import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.rollout.Course.State;
import dev.bumpless.controller.rollout.Target.Outcome;
import dev.bumpless.controller.rollout.WaveRollouts.Verb;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** What a person may do to a rollout as it stands now; pure. */
final class Steering {
  private static final String BY_HAND = "by hand";

  private final Rollout rollout;
  private final Course course;
  private final Instant now;

  Steering(Rollout rollout, Instant now) {
    this.rollout = rollout;
    this.course = course(rollout);
    this.now = now;
  }

  /** Throws CONFLICT for one that goes to everybody at once. */
  static Course course(Rollout rollout) {
    return rollout
        .course()
        .orElseThrow(
            () ->
                Problem.of(
                    Problem.Code.CONFLICT,
                    "'" + rollout.cause() + "' went to all its devices at once",
                    "only what `kind: Rollout` started can be steered; see also `bumpless rollout undo`"));
  }

  /** The course after it; a problem where it makes no sense now. */
  Course course(Verb verb) {
    return switch (verb) {
      case PAUSE -> needs(course.state().isOpen(), verb).in(State.PAUSED, BY_HAND);
      case RESUME -> needs(course.state().isOpen(), verb).in(State.RUNNING, "");
      case APPROVE -> approved();
      case ABORT -> needs(course.state().isOpen(), verb).in(State.ABORTED, BY_HAND);
      case RETRY -> course.in(State.RUNNING, "");
      case UNDO -> throw new IllegalArgumentException("an undo is a rollout of its own");
    };
  }

  private Course needs(boolean isPossible, Verb verb) {
    if (!isPossible) {
      throw refusal(verb, "it is " + course.state());
    }
    return course;
  }

  private Course approved() {
    if (!course.isIn(State.RUNNING)) {
      throw refusal(Verb.APPROVE, "it is " + course.state() + ": " + course.reason());
    }
    if (!course.openWave().approval()) {
      throw refusal(Verb.APPROVE, "wave " + (course.wave() + 1) + " needs no approval");
    }
    if (course.settledAt().isEmpty()) {
      throw refusal(Verb.APPROVE, "wave " + (course.wave() + 1) + " is still under way");
    }
    return course.nextWave();
  }

  /** The failures that a person has seen when he lets the rollout go on. */
  List<Target> excused() {
    return failed().stream().filter(t -> !t.excused()).map(t -> t.withExcuse(now)).toList();
  }

  /** The devices to ask again; a problem where there is none, or no way on. */
  List<Target> toRetry() {
    if (course.isIn(State.ABORTED) || course.isIn(State.ROLLED_BACK)) {
      throw refusal(Verb.RETRY, "it is " + course.state());
    }
    List<Target> failed = failed();
    if (failed.isEmpty()) {
      throw refusal(Verb.RETRY, "no device failed");
    }
    return failed;
  }

  private List<Target> failed() {
    return rollout.targets().stream()
        .filter(t -> t.outcome(course.manifest().limits()) == Outcome.FAILED)
        .toList();
  }

  private RuntimeException refusal(Verb verb, String why) {
    return Problem.of(
        Problem.Code.CONFLICT,
        "cannot %s %s: %s".formatted(verb.name().toLowerCase(Locale.ROOT), rollout.title(), why),
        "see `bumpless rollout status " + rollout.name().map(Object::toString).orElse("") + "`");
  }
}
