package dev.bumpless.controller.source;

import dev.bumpless.controller.audit.AuditLog;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.problem.Problem.Detail;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes down what a source did and what it could not do. What goes on being wrong in the same way
 * is written once: a remote that is gone for a week is one record. Used by the source's one thread.
 */
final class Trail {
  private final AuditLog log;
  private final SourceName source;
  private final String place;
  private final Map<String, Problem> told = new HashMap<>();

  Trail(AuditLog log, SourceName source, String place) {
    this.log = log;
    this.source = source;
    this.place = place;
  }

  void couldNotLook(Problem problem, Instant now) {
    failed("LOOK", "", problem, now);
  }

  void couldNotApply(String what, Problem problem, Instant now) {
    failed("APPLY", what, problem, now);
  }

  /** It works again, which is written down where it was told that it does not. */
  void looked(String revision, Instant now) {
    if (told.remove("") != null) {
      append("LOOK", "revision " + revision, "OK", now);
    }
  }

  void applied(String what, String release, String from, Instant now) {
    told.remove(what);
    append("APPLY", what + ": " + release + ", as " + from + " says", "OK", now);
  }

  private void failed(String action, String what, Problem problem, Instant now) {
    if (!problem.equals(told.put(what, problem))) {
      String why = problem.message() + firstOf(problem.details());
      append(action, what.isEmpty() ? why : what + ": " + why, problem.code().name(), now);
    }
  }

  /** The first of them; the others are in REST as long as they are there. */
  private static String firstOf(List<Detail> details) {
    return details.stream()
        .findFirst()
        .map(d -> ": %s:%d:%d: %s".formatted(d.file(), d.line(), d.column(), d.message()))
        .orElse("");
  }

  private void append(String action, String object, String outcome, Instant now) {
    log.append(new AuditLog.Entry(now, "source " + source, place, action, object, outcome));
  }
}
