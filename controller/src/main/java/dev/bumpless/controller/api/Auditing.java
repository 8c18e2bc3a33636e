package dev.bumpless.controller.api;

import dev.bumpless.controller.audit.AuditLog;
import dev.bumpless.controller.problem.Problem;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes down every call that was to change something, also one that was refused or failed, and
 * every call without the token. It is written after the call was carried out; where that fails the
 * caller gets INTERNAL.
 */
final class Auditing {
  /** Name of the request's attribute that holds what it was about. */
  static final String OBJECT = "bumpless.object";

  /** Name of the request's attribute that holds who it was, where no token says so. */
  static final String ACTOR = "bumpless.actor";

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

  void after(Context context) {
    @Nullable String problem = context.attribute(Errors.OUTCOME);
    boolean isStranger = Problem.Code.UNAUTHENTICATED.name().equals(problem);
    Instant now = clock.instant();
    if (isStranger) {
      strangers.admit(now).ifPresent(object -> append(context, now, "nobody", object));
    } else if (isChange(context)) {
      @Nullable String object = context.attribute(OBJECT);
      @Nullable String actor = context.attribute(ACTOR);
      append(context, now, actor == null ? "token" : actor, object == null ? UNKNOWN : object);
    }
  }

  private static boolean isChange(Context context) {
    return !READS.contains(context.method()) && !context.path().equals(ONLY_COMPARES);
  }

  private void append(Context context, Instant now, String actor, String object) {
    @Nullable String problem = context.attribute(Errors.OUTCOME);
    log.append(
        new AuditLog.Entry(
            now,
            actor,
            from(context),
            context.method() + " " + context.path(),
            object,
            problem == null ? "OK" : problem));
  }

  /** The address of whoever connected; of whom a proxy says that it speaks for, that too. */
  private static String from(Context context) {
    return Optional.ofNullable(context.header("X-Forwarded-For"))
        .map(chain -> chain.substring(chain.lastIndexOf(',') + 1).strip())
        .map(client -> context.ip() + " for " + client)
        .orElse(context.ip());
  }
}
