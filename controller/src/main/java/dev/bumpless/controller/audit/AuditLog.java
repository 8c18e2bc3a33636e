package dev.bumpless.controller.audit;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalLong;

/**
 * Records that are only ever added, each chained to the one before it. Called by any thread, and by
 * several controllers at once on one store: whoever appends waits until the one before him is kept.
 */
public interface AuditLog {

  /** Durable when it returns, or inside a transaction of the store when that does. */
  AuditRecord append(Entry entry);

  /** Newest first. */
  List<AuditRecord> recent(int limit);

  /** The records that follow that number, oldest first. */
  List<AuditRecord> after(long number, int limit);

  /** The end of the chain as the log remembers it, apart from the records. */
  ChainHead head();

  /**
   * What is to be kept of one operation. A call that changes something has two: one before it is
   * carried out, whose outcome is {@link #BEGUN}, and one after, with what came of it, that names
   * the first. So of a call that is BEGUN for good nobody knows what it did. Texts are cut at
   * {@link #MAX_LENGTH} characters, and control characters become blanks.
   *
   * @param at cut to milliseconds
   * @param actor who: the name of a token, {@code token} of the one without a name, {@code nobody}
   *     without one, {@code webhook}, {@code source NAME}, {@code controller} by itself
   * @param from where the call came from: an address; the place of a source; {@code -} of the
   *     controller itself
   * @param action what: method and path of a request; {@code LOOK} and {@code APPLY} of a source;
   *     {@code OPEN WAVE}, {@code PAUSE}, {@code ROLL BACK} and {@code FINISH} of the controller
   * @param object of what: an app, a device; {@code -} where the call told nothing that made sense
   * @param outcome {@code OK}, the code of the problem, or {@code BEGUN}
   * @param begun number of the record of its begin; empty where that has none, or is this
   */
  record Entry(
      Instant at,
      String actor,
      String from,
      String action,
      String object,
      String outcome,
      OptionalLong begun) {
    public static final String BEGUN = "BEGUN";
    static final int MAX_LENGTH = 1_000;

    public Entry {
      at = at.truncatedTo(ChronoUnit.MILLIS);
      actor = plain(actor);
      from = plain(from);
      action = plain(action);
      object = plain(object);
      outcome = plain(outcome);
    }

    /** One that stands for itself. */
    public Entry(
        Instant at, String actor, String from, String action, String object, String outcome) {
      this(at, actor, from, action, object, outcome, OptionalLong.empty());
    }

    private static String plain(String text) {
      String cut = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH - 1) + "…" : text;
      return cut.replaceAll("[\\p{Cntrl}\\p{Cs}]", " ");
    }
  }
}
