package dev.bumpless.controller.api;

import dev.bumpless.controller.audit.AuditLog;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes down every call that was to change something, also one that was refused or failed, and
 * every call that fails of whom nobody knows who it is, up to {@link StrangersQuota}.
 *
 * <p>What can change something is written down before it is carried out too, and is not carried out
 * where that fails. What came of it is written afterwards; where that fails the caller gets
 * INTERNAL although the change was made, and the record of its begin stays alone, as after a crash.
 */
final class Auditing {
  /** Name of the request's attribute that holds what it was about. */
  static final String OBJECT = "bumpless.object";

  /** Name of the request's attribute that holds who it is; whoever has none is a stranger. */
  static final String ACTOR = "bumpless.actor";

  private static final String BEGUN = "bumpless.begun";
  private static final Set<HandlerType> READS =
      Set.of(HandlerType.GET, HandlerType.HEAD, HandlerType.OPTIONS);
  private static final String ONLY_COMPARES = RestServer.BASE + "/diff";
  private static final String UNKNOWN = "-";

  private final AuditLog log;
  private final InstantSource clock;
  private final StrangersQuota strangers = new StrangersQuota();

  Auditing(AuditLog log, InstantSource clock) {
    this.log = log;
    this.clock = clock;
  }

  /**
   * To be called as soon as it is understood what is asked, before anything is changed.
   *
   * @param object what it is about
   */
  void begin(Context context, String object) {
    context.attribute(OBJECT, object);
    String actor = Objects.requireNonNull(context.attribute(ACTOR));
    AuditLog.Entry begin = entry(context, clock.instant(), actor, object, AuditLog.Entry.BEGUN);
    context.attribute(BEGUN, log.append(begin).number());
  }

  void after(Context context) {
    @Nullable String problem = context.attribute(Errors.OUTCOME);
    @Nullable String actor = context.attribute(ACTOR);
    Instant now = clock.instant();
    if (actor == null && problem != null) {
      strangers
          .admit(now)
          .ifPresent(object -> log.append(entry(context, now, "nobody", object, problem)));
    } else if (actor != null && isChange(context)) {
      @Nullable String object = context.attribute(OBJECT);
      String outcome = problem == null ? "OK" : problem;
      log.append(entry(context, now, actor, object == null ? UNKNOWN : object, outcome));
    }
  }

  private static boolean isChange(Context context) {
    return !READS.contains(context.method()) && !context.path().equals(ONLY_COMPARES);
  }

  private static AuditLog.Entry entry(
      Context context, Instant now, String actor, String object, String outcome) {
    @Nullable Long begun = context.attribute(BEGUN);
    return new AuditLog.Entry(
        now,
        actor,
        from(context),
        context.method() + " " + context.path(),
        object,
        outcome,
        begun == null ? OptionalLong.empty() : OptionalLong.of(begun));
  }

  /** The address of whoever connected; of whom a proxy says that it speaks for, that too. */
  private static String from(Context context) {
    return Optional.ofNullable(context.header("X-Forwarded-For"))
        .map(chain -> chain.substring(chain.lastIndexOf(',') + 1).strip())
        .map(client -> context.ip() + " for " + client)
        .orElse(context.ip());
  }
}
