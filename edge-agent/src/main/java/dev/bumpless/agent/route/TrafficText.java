package dev.bumpless.agent.route;

import dev.bumpless.agent.swap.AnswerTimes;
import dev.bumpless.agent.swap.RouteControl.Traffic;
import dev.bumpless.agent.swap.RouteException;
import dev.bumpless.agent.swap.RouteException.Kind;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads an instance's line of {@code show stats}. A router that runs longer than the agent, as it
 * does after the agent's upgrade, may not know all of it yet: what it does not tell is zero.
 */
final class TrafficText {
  private TrafficText() {}

  static Traffic read(Answer line) throws RouteException {
    return new Traffic(
        line.number("underway"),
        line.number("answered"),
        line.number("failures"),
        line.numberOrZero("errors"),
        line.numberOrZero("timeouts"),
        times(line.values().getOrDefault("times", "none")));
  }

  /** Reads {@code 320:5,384:1}. */
  private static AnswerTimes times(String text) throws RouteException {
    SortedMap<Duration, Long> counts = new TreeMap<>();
    if (text.equals("none")) {
      return AnswerTimes.NONE;
    }
    try {
      for (String step : text.split(",", -1)) {
        int colon = step.indexOf(':');
        counts.put(
            Duration.of(Long.parseLong(step.substring(0, colon)), ChronoUnit.MICROS),
            Long.parseLong(step.substring(colon + 1)));
      }
      return new AnswerTimes(counts);
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new RouteException(Kind.UNREACHABLE, "the router's answer has times=" + text, e);
    }
  }
}
