package dev.bumpless.controller.api;

import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.problem.ProblemException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.io.EOFException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Turns every failure into the one error record. The only place that knows HTTP's numbers. */
final class Errors {
  private static final Logger LOG = System.getLogger(Errors.class.getName());

  /** Name of the request's attribute that holds the code, for the audit. */
  static final String OUTCOME = "bumpless.outcome";

  private final RestJson json;

  Errors(RestJson json) {
    this.json = json;
  }

  void installOn(RoutesConfig routes) {
    routes.exception(ProblemException.class, (e, context) -> answer(context, e.problem()));
    routes.exception(
        IllegalArgumentException.class,
        (e, context) ->
            answer(
                context, problem(Problem.Code.BAD_REQUEST, e.getMessage(), "correct the value")));
    routes.exception(HttpResponseException.class, this::framework);
    routes.exception(
        EOFException.class,
        (e, context) ->
            answer(
                context,
                problem(Problem.Code.BAD_REQUEST, "the call was cut off", "send it again")));
    routes.exception(Exception.class, this::bug);
  }

  private void framework(HttpResponseException e, Context context) {
    Problem problem =
        switch (e.getStatus()) {
          case 404 ->
              problem(
                  Problem.Code.NOT_FOUND,
                  "no such call: " + context.method() + " " + context.path(),
                  "see /openapi.json");
          case 413 ->
              problem(
                  Problem.Code.TOO_LARGE,
                  "the body is larger than " + RestServer.MAX_BODY_BYTES + " bytes",
                  "a manifest is a few kilobytes; is this the right file?");
          default -> problem(Problem.Code.BAD_REQUEST, e.getMessage(), "see /openapi.json");
        };
    answer(context, problem);
  }

  private void bug(Exception e, Context context) {
    String incident = UUID.randomUUID().toString();
    LOG.log(
        Level.ERROR,
        "%s %s failed, incident %s".formatted(context.method(), context.path(), incident),
        e);
    answer(
        context,
        problem(
            Problem.Code.INTERNAL,
            "the controller failed on this call",
            "look for incident " + incident + " in its log"));
  }

  void answer(Context context, Problem problem) {
    context.attribute(OUTCOME, problem.code().name());
    context
        .status(status(problem.code()))
        .contentType("application/json")
        .result(json.write(Answers.ErrorBody.of(problem)));
  }

  private static Problem problem(Problem.Code code, @Nullable String message, String hint) {
    return new Problem(code, String.valueOf(message), hint, List.of());
  }

  private static int status(Problem.Code code) {
    return switch (code) {
      case INVALID_MANIFEST, BAD_REQUEST -> 400;
      case UNAUTHENTICATED -> 401;
      case NOT_FOUND -> 404;
      case CONFLICT, DEVICE_OFFLINE -> 409;
      case TOO_LARGE -> 413;
      case NO_TARGET, IMAGE_NOT_FOUND, REGISTRY_DENIED, UNSUPPORTED -> 422;
      case TOO_BUSY -> 429;
      case INTERNAL -> 500;
      case REGISTRY_UNREACHABLE, SOURCE_UNREADABLE -> 502;
      case STANDING_BY -> 503;
    };
  }
}
