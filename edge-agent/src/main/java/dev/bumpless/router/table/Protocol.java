package dev.bumpless.router.table;

import static java.util.Collections.unmodifiableSortedMap;
import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the router understands of a route's bytes, and what that route has of its own, written
 * {@code modbus}, {@code modbus,answer=2000ms,pipelined=4} or {@code udp,idle=5000ms,moves=idle}.
 *
 * @param options by name; what is not named is as the router has it. {@code modbus} knows {@code
 *     answer}, the longest that a request may take at its instance (1 ms to 60 s), and {@code
 *     pipelined}, how many requests of one connection are under way at a time (1 to 256); {@code
 *     udp} knows {@code idle}, after which a flow is forgotten (1 ms to 15 min), and {@code moves},
 *     whether a flow follows a flip {@code now} or when it was {@code idle}
 */
public record Protocol(Kind kind, SortedMap<String, Integer> options) {
  /** What a front is for. */
  public enum Kind {
    HTTP,
    TCP,
    MODBUS,
    UDP
  }

  public static final Protocol HTTP = new Protocol(Kind.HTTP, new TreeMap<>());
  public static final Protocol TCP = new Protocol(Kind.TCP, new TreeMap<>());
  public static final Protocol MODBUS = new Protocol(Kind.MODBUS, new TreeMap<>());
  public static final Protocol UDP = new Protocol(Kind.UDP, new TreeMap<>());

  private static final Option ANSWER = new Option("answer", "ms", 60_000);
  private static final Option IDLE = new Option("idle", "ms", 900_000);
  private static final Option PIPELINED = new Option("pipelined", "", 256);
  private static final Option MOVES = new Option("moves", List.of("now", "idle"));

  /** In the order of their names, in which they are written. */
  private static final Map<Kind, List<Option>> OPTIONS =
      Map.of(Kind.MODBUS, List.of(ANSWER, PIPELINED), Kind.UDP, List.of(IDLE, MOVES));

  /**
   * What a route may have of its own.
   *
   * @param most of a number, which counts from 1
   * @param words of which it is one; its value counts them from 1; none: it is a number
   */
  private record Option(String name, String unit, int most, List<String> words) {
    Option(String name, String unit, int most) {
      this(name, unit, most, List.of());
    }

    Option(String name, List<String> words) {
      this(name, "", words.size(), words);
    }

    String text(int value) {
      return name + "=" + (words.isEmpty() ? value + unit : words.get(value - 1));
    }

    String expected() {
      return name
          + "="
          + (words.isEmpty() ? "1" + unit + ".." + most + unit : String.join("|", words));
    }

    OptionalInt read(String text) {
      if (!text.startsWith(name + "=")) {
        return OptionalInt.empty();
      }
      int word = words.indexOf(text.substring(name.length() + 1));
      Matcher number = Pattern.compile(name + "=(\\d{1,6})" + unit).matcher(text);
      int value =
          words.isEmpty() && number.matches() ? Integer.parseInt(number.group(1)) : word + 1;
      return value < 1 || value > most ? OptionalInt.empty() : OptionalInt.of(value);
    }
  }

  public Protocol {
    options = unmodifiableSortedMap(new TreeMap<>(options));
  }

  public static Protocol parse(String label) {
    String[] parts = label.split(",", -1);
    Kind kind =
        switch (parts[0]) {
          case "http" -> Kind.HTTP;
          case "tcp" -> Kind.TCP;
          case "modbus" -> Kind.MODBUS;
          case "udp" -> Kind.UDP;
          default ->
              throw new IllegalArgumentException(
                  "'" + parts[0] + "' is no protocol: expected http, modbus, tcp or udp");
        };
    SortedMap<String, Integer> options = new TreeMap<>();
    for (int i = 1; i < parts.length; i++) {
      option(kind, parts[i], options);
    }
    return new Protocol(kind, options);
  }

  private static void option(Kind kind, String text, SortedMap<String, Integer> options) {
    List<Option> known = OPTIONS.getOrDefault(kind, List.of());
    for (Option option : known) {
      OptionalInt value = option.read(text);
      if (value.isPresent() && options.put(option.name(), value.getAsInt()) == null) {
        return;
      }
    }
    throw new IllegalArgumentException(
        "'"
            + text
            + "' is no option of "
            + word(kind)
            + (known.isEmpty()
                ? ", which has none"
                : ": expected "
                    + known.stream().map(Option::expected).collect(joining(" or "))
                    + ", each once"));
  }

  private static String word(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /** Null where it is as the router has it. */
  public @Nullable Duration answer() {
    return duration(ANSWER);
  }

  /** Null where it is as the router has it. */
  public @Nullable Duration idle() {
    return duration(IDLE);
  }

  /** Whether a flow stays where it is until it falls idle; else it follows a flip at once. */
  public boolean movesWhenIdle() {
    return options.getOrDefault(MOVES.name(), 1) == 2;
  }

  private @Nullable Duration duration(Option option) {
    Integer millis = options.get(option.name());
    return millis == null ? null : Duration.ofMillis(millis);
  }

  /** Null where it is as the router has it. */
  public @Nullable Integer pipelined() {
    return options.get(PIPELINED.name());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(word(kind));
    for (Option option : OPTIONS.getOrDefault(kind, List.of())) {
      Integer value = options.get(option.name());
      if (value != null) {
        text.append(',').append(option.text(value));
      }
    }
    return text.toString();
  }
}
