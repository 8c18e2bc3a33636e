package dev.bumpless.controller.rollout;

import dev.bumpless.controller.audit.AuditLog;
import dev.bumpless.controller.rollout.Target.Outcome;
import dev.bumpless.manifest.RolloutLimits;
import java.time.Instant;
import java.util.Optional;

/**
 * Writes down what the controller does by itself with a rollout in waves: a record for each turn of
 * its course, none for each device. To be called in the transaction of what it tells, so that both
 * are kept or neither.
 */
record OwnActs(AuditLog log) {
  private static final String ACTOR = "controller";

  void opened(Rollout rollout, Instant now) {
    Course course = rollout.course().orElseThrow();
    append(
        "OPEN WAVE",
        rollout,
        "wave %d of %d".formatted(course.wave() + 1, course.manifest().waves().size()),
        now);
  }

  void paused(Rollout rollout, String why, Instant now) {
    append("PAUSE", rollout, why, now);
  }

  /**
   * @param back takes devices to what they ran before; empty where none has a way back
   */
  void rolledBack(Rollout rollout, Optional<Rollout> back, String why, Instant now) {
    String how =
        back.map(b -> "%d devices go back with %s".formatted(b.targets().size(), b.id()))
            .orElse("no device has a release to go back to");
    append("ROLL BACK", rollout, why + "; " + how, now);
  }

  void finished(Rollout rollout, Instant now) {
    long succeeded = count(rollout, Outcome.SUCCEEDED);
    long failed = count(rollout, Outcome.FAILED);
    append("FINISH", rollout, "%d succeeded, %d failed".formatted(succeeded, failed), now);
  }

  private static long count(Rollout rollout, Outcome outcome) {
    RolloutLimits limits = rollout.course().orElseThrow().manifest().limits();
    return rollout.targets().stream().filter(t -> t.outcome(limits) == outcome).count();
  }

  private void append(String action, Rollout rollout, String what, Instant now) {
    String release = rollout.release().map(Object::toString).orElse(rollout.app().value());
    String object = "%s (%s) of %s: %s".formatted(rollout.title(), rollout.id(), release, what);
    log.append(new AuditLog.Entry(now, ACTOR, "-", action, object, "OK"));
  }
}
