package dev.bumpless.agent.route;

import dev.bumpless.agent.swap.RouteException;
import dev.bumpless.agent.swap.RouteException.Kind;
import dev.bumpless.agent.swap.StateCopy;
import dev.bumpless.manifest.AppName;
import java.util.Locale;

/** Reads a line of {@code show state}; what it does not know of that line is skipped. */
final class CopyText {
  private static final String REASON = "reason=\"";

  private CopyText() {}

  static StateCopy read(AppName app, Answer line) throws RouteException {
    try {
      return new StateCopy(
          line.value("copy"),
          TableText.instance(app, line.value("from")),
          TableText.instance(app, line.value("to")),
          StateCopy.Phase.valueOf(upper(line.value("phase"))),
          (int) line.number("values"),
          line.number("copied"),
          line.number("dirty"),
          StateCopy.WayBack.valueOf(upper(line.value("wayBack"))),
          reason(line));
    } catch (IllegalArgumentException e) {
      throw new RouteException(
          Kind.UNREACHABLE, "the router's answer is not understood: " + line.words(), e);
    }
  }

  private static String upper(String word) {
    return word.toUpperCase(Locale.ROOT);
  }

  /** The one value of several words; the router has taken quotes out of it. */
  private static String reason(Answer line) {
    String text = String.join(" ", line.words());
    int start = text.indexOf(REASON);
    return start < 0 ? "" : text.substring(start + REASON.length()).replaceFirst("\"$", "");
  }
}
