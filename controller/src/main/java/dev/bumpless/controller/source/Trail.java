package dev.bumpless.controller.source;

import dev.bumpless.controller.audit.AuditLog;
import dev.bumpless.controller.problem.Problem;
import java.time.Instant;
import java.util.HashMap;
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

  /**
   * @param action {@code LOOK} or {@code APPLY}
   * @param about what it could not do, the same text each time
   */
  void failed(String action, String about, Problem problem, Instant now) {
    if (!problem.equals(told.put(about, problem))) {
      String object = about + ": " + problem.message();
      append(action, object, problem.code().name(), now);
    }
  }

  /** It works again, which is written down where it was told that it does not. */
  void looked(String about, String object, Instant now) {
    if (told.remove(about) != null) {
      append("LOOK", object, "OK", now);
    }
  }

  void applied(String about, String object, Instant now) {
    told.remove(about);
    append("APPLY", object, "OK", now);
  }

  private void append(String action, String object, String outcome, Instant now) {
    log.append(new AuditLog.Entry(now, "source " + source, place, action, object, outcome));
  }
}
