package dev.bumpless.controller.audit;

import java.time.Instant;
import java.util.List;

/** Rows that are only ever added. Called by any thread; durable when {@link #append} returns. */
public interface AuditLog {
  void append(Entry entry);

  /** Newest first. */
  List<Entry> recent(int limit);

  /**
   * @param actor who: {@code token} until there are users
   * @param action what, as method and path of the request
   * @param object of what: an app, a device
   * @param outcome {@code OK} or the code of the problem
   */
  record Entry(Instant at, String actor, String action, String object, String outcome) {}
}
