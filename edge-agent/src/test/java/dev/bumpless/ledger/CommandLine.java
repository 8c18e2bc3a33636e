package dev.bumpless.ledger;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What {@link Main} was asked for. */
record CommandLine(
    Options options, Optional<Duration> duration, Optional<Path> untilFile, Optional<Path> json) {

  static final String USAGE =
      """
      ledger --target HOST:PORT [options]

      Makes open-loop load and books every request. Ends at --duration, when --until-file exists,
      at a line on standard input, or at SIGTERM; then prints the ledger.
      Exit code: 0 nothing was lost, 1 something was, 2 usage.

        --shapes S[:RATE],…   new, keepalive, pipelined, slow, chunked, websocket, idle, tcp
                              (default new,keepalive,slow,websocket)
        --rate N              requests a second of each shape without a RATE (default 200;
                              idle has 2)
        --duration 30s        30s, 500ms, 2m
        --until-file FILE     ends when FILE exists
        --json FILE           writes the ledger there too
        --get PATH            of GETs (default /n/{n}); {n} becomes the request's number, which
                              the answer must then hold
        --echo PATH           answers a POST with its body (default /echo)
        --ws PATH             WebSocket echo (default /ws/echo)
        --version-pattern RE  where an answer tells the version: the first group
                              (default "version":"…" as in JSON)
        --tcp HOST:PORT       where the shape tcp goes (default as --target)
        --timeout 10s         from due to lost
        --slow 1500ms         how long a slow body takes
        --idle 5s             how long an idle connection is left alone
      """;

  private static final double DEFAULT_RATE = 200;

  /**
   * @throws IllegalArgumentException with what is wrong, for a person
   */
  static CommandLine parse(List<String> args) {
    Map<String, String> given = pairs(args.iterator());
    Options defaults =
        Options.on(address(take(given, "--target").orElseThrow(CommandLine::noTarget)));
    double rate = take(given, "--rate").map(Double::parseDouble).orElse(DEFAULT_RATE);
    Options options =
        new Options(
            defaults.target(),
            take(given, "--tcp").map(CommandLine::address).orElse(defaults.target()),
            shapes(take(given, "--shapes").orElse("new,keepalive,slow,websocket"), rate),
            take(given, "--get").orElse(defaults.getPath()),
            take(given, "--echo").orElse(defaults.echoPath()),
            take(given, "--ws").orElse(defaults.webSocketPath()),
            take(given, "--version-pattern").map(Pattern::compile).orElse(defaults.version()),
            take(given, "--timeout").map(CommandLine::duration).orElse(defaults.timeout()),
            take(given, "--slow").map(CommandLine::duration).orElse(defaults.slowFor()),
            take(given, "--idle").map(CommandLine::duration).orElse(defaults.idleFor()));
    CommandLine line =
        new CommandLine(
            options,
            take(given, "--duration").map(CommandLine::duration),
            take(given, "--until-file").map(Path::of),
            take(given, "--json").map(Path::of));
    if (!given.isEmpty()) {
      throw new IllegalArgumentException("unknown: " + String.join(" ", given.keySet()));
    }
    return line;
  }

  private static IllegalArgumentException noTarget() {
    return new IllegalArgumentException("--target HOST:PORT is missing");
  }

  private static Map<String, String> pairs(Iterator<String> args) {
    Map<String, String> given = new LinkedHashMap<>();
    while (args.hasNext()) {
      String name = args.next();
      if (!name.startsWith("--") || !args.hasNext()) {
        throw new IllegalArgumentException("'" + name + "': expected --NAME VALUE");
      }
      given.put(name, args.next());
    }
    return given;
  }

  private static Optional<String> take(Map<String, String> given, String name) {
    return Optional.ofNullable(given.remove(name));
  }

  private static Map<Shape, Double> shapes(String text, double defaultRate) {
    Map<Shape, Double> rates = new LinkedHashMap<>();
    for (String each : text.split(",", -1)) {
      int colon = each.indexOf(':');
      Shape shape = Shape.parse(colon < 0 ? each : each.substring(0, colon));
      double rate =
          colon >= 0
              ? Double.parseDouble(each.substring(colon + 1))
              : shape == Shape.IDLE ? Options.IDLE_RATE : defaultRate;
      rates.put(shape, rate);
    }
    return rates;
  }

  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("'" + text + "': expected HOST:PORT");
    }
    return new InetSocketAddress(
        text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  private static Duration duration(String text) {
    if (!text.matches("\\d+(ms|s|m)")) {
      throw new IllegalArgumentException("'" + text + "': expected 500ms, 30s or 2m");
    }
    long number = Long.parseLong(text.replaceAll("\\D", ""));
    return text.endsWith("ms")
        ? Duration.ofMillis(number)
        : text.endsWith("s") ? Duration.ofSeconds(number) : Duration.ofMinutes(number);
  }
}
