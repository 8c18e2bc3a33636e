package dev.bumpless.agent.route;

import dev.bumpless.agent.swap.RouteException;
import dev.bumpless.agent.swap.RouteException.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A line of an answer: words, of which those with {@code =} are named values.
 *
 * @param words all, in order
 */
record Answer(List<String> words, Map<String, String> values) {

  static Answer line(String text) {
    List<String> words = List.of(text.split(" ", -1));
    Map<String, String> values = new HashMap<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        values.put(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    return new Answer(words, Map.copyOf(values));
  }

  /** The first line of an answer, which is {@code ok …} or {@code error CODE message}. */
  static Answer of(String command, String text) throws RouteException {
    if (text.equals("ok") || text.startsWith("ok ")) {
      return line(text);
    }
    String[] parts = text.split(" ", 3);
    if (parts.length == 3 && parts[0].equals("error")) {
      throw new RouteException(kind(parts[1]), parts[2]);
    }
    throw new RouteException(
        Kind.UNREACHABLE, "what answers '" + command + "' is no router: '" + text + "'");
  }

  private static Kind kind(String code) {
    return switch (code) {
      case "HOLD_LOST" -> Kind.HOLD_LOST;
      case "ADDRESS_IN_USE" -> Kind.ADDRESS_IN_USE;
      case "NO_COPY", "COPY_FAILED" -> Kind.STATE;
      case "BUSY", "STORE_FAILED", "INTERNAL" -> Kind.UNREACHABLE;
      default -> Kind.REFUSED;
    };
  }

  String word(int index) throws RouteException {
    if (index >= words.size()) {
      throw new RouteException(Kind.UNREACHABLE, "the router's answer is cut: " + words);
    }
    return words.get(index);
  }

  String value(String name) throws RouteException {
    String value = values.get(name);
    if (value == null) {
      throw new RouteException(
          Kind.UNREACHABLE, "the router's answer has no " + name + ": " + words);
    }
    return value;
  }

  long number(String name) throws RouteException {
    return parse(name, value(name));
  }

  /** Where it may be missing. */
  long numberOrZero(String name) throws RouteException {
    String value = values.get(name);
    return value == null ? 0 : parse(name, value);
  }

  /** Reads {@code 1250us}. */
  long micros(String name) throws RouteException {
    String value = value(name);
    return parse(name, value.endsWith("us") ? value.substring(0, value.length() - 2) : value);
  }

  private long parse(String name, String value) throws RouteException {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new RouteException(
          Kind.UNREACHABLE, "the router's answer has " + name + "=" + value + ": " + words, e);
    }
  }
}
