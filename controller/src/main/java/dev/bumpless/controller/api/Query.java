package dev.bumpless.controller.api;

import dev.bumpless.controller.problem.Problem;
import io.javalin.http.Context;
import java.util.Optional;

/** Parameters of a query, checked. */
final class Query {
  private Query() {}

  static int number(Context context, String name, int otherwise, int least, int most) {
    String text = context.queryParam(name);
    if (text == null) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw Problem.of(
        Problem.Code.BAD_REQUEST,
        "%s=%s: expected a number from %d to %d".formatted(name, text, least, most),
        "correct the value");
  }

  static boolean flag(Context context, String name) {
    String text = context.queryParam(name);
    if (text == null || text.equals("false")) {
      return false;
    }
    if (text.equals("true")) {
      return true;
    }
    throw Problem.of(
        Problem.Code.BAD_REQUEST,
        "%s=%s: expected true or false".formatted(name, text),
        "correct the value");
  }

  /** Empty where it is missing or empty. */
  static Optional<String> text(Context context, String name) {
    return Optional.ofNullable(context.queryParam(name)).filter(value -> !value.isEmpty());
  }
}
