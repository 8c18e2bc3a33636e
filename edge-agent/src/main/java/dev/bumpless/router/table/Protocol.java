package dev.bumpless.router.table;

import static java.util.Collections.unmodifiableSortedMap;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the router understands of a route's bytes, and the limits of that route, written {@code
 * modbus} or {@code modbus,answer=2000ms,pipelined=4}.
 *
 * @param options by name; what is not named is as the router has it. {@code modbus} knows {@code
 *     answer}, the longest that a request may take at its instance (1 ms to 60 s), and {@code
 *     pipelined}, how many requests of one connection are under way at a time (1 to 256)
 */
public record Protocol(Kind kind, SortedMap<String, Integer> options) {
  /** What a front is for. */
  public enum Kind {
    HTTP,
    TCP,
    MODBUS
  }

  public static final Protocol HTTP = new Protocol(Kind.HTTP, new TreeMap<>());
  public static final Protocol TCP = new Protocol(Kind.TCP, new TreeMap<>());
  public static final Protocol MODBUS = new Protocol(Kind.MODBUS, new TreeMap<>());

  private static final Option ANSWER = new Option("answer", "ms", 60_000);
  private static final Option PIPELINED = new Option("pipelined", "", 256);

  /** A limit that a modbus route may have of its own, from 1 on. */
  private record Option(String name, String unit, int most) {
    String text(int value) {
      return name + "=" + value + unit;
    }

    OptionalInt read(String text) {
      Matcher matcher = Pattern.compile(name + "=(\\d{1,6})" + unit).matcher(text);
      int value = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
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
          case "udp" ->
              throw new IllegalArgumentException(
                  "protocol 'udp' is not supported by this router yet: use http, modbus or tcp");
          default ->
              throw new IllegalArgumentException(
                  "'" + parts[0] + "' is no protocol: expected http, modbus or tcp");
        };
    SortedMap<String, Integer> options = new TreeMap<>();
    for (int i = 1; i < parts.length; i++) {
      option(kind, parts[i], options);
    }
    return new Protocol(kind, options);
  }

  private static void option(Kind kind, String text, SortedMap<String, Integer> options) {
    for (Option option : kind == Kind.MODBUS ? List.of(ANSWER, PIPELINED) : List.<Option>of()) {
      OptionalInt value = option.read(text);
      if (value.isPresent() && options.put(option.name(), value.getAsInt()) == null) {
        return;
      }
    }
    throw new IllegalArgumentException(
        "'"
            + text
            + "' is no option of it: modbus takes answer=1ms to answer=60000ms and pipelined=1 to"
            + " pipelined=256, each once");
  }

  /** Null where it is as the router has it. */
  public @Nullable Duration answer() {
    Integer millis = options.get(ANSWER.name());
    return millis == null ? null : Duration.ofMillis(millis);
  }

  /** Null where it is as the router has it. */
  public @Nullable Integer pipelined() {
    return options.get(PIPELINED.name());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(kind.name().toLowerCase(Locale.ROOT));
    for (Option option : List.of(ANSWER, PIPELINED)) {
      Integer value = options.get(option.name());
      if (value != null) {
        text.append(',').append(option.text(value));
      }
    }
    return text.toString();
  }
}
