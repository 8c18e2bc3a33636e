package dev.bumpless.bench;

import dev.bumpless.rig.Command;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A run of {@code wrk} with one thread: closed loop, so its latencies are those of an unstalled
 * server only; used to compare paths with one another, not to judge a swap.
 */
record Wrk(long requests, double perSecond, double p50Micros, double p99Micros) {
  private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ");
  private static final Pattern PER_SECOND = Pattern.compile("Requests/sec:\\s+([\\d.]+)");
  private static final Pattern P50 = Pattern.compile("50%\\s+([\\d.]+)(us|ms|s)");
  private static final Pattern P99 = Pattern.compile("99%\\s+([\\d.]+)(us|ms|s)");

  static Wrk run(int port, int connections, int seconds) throws IOException, InterruptedException {
    String output =
        Command.run(
            "wrk",
            "-t1",
            "-c" + connections,
            "-d" + seconds + "s",
            "--latency",
            "http://127.0.0.1:" + port + "/n/bench");
    if (output.contains("Socket errors") || output.contains("Non-2xx")) {
      throw new IOException("wrk met errors on port " + port + ":\n" + output);
    }
    return new Wrk(
        Long.parseLong(find(REQUESTS, output).group(1)),
        Double.parseDouble(find(PER_SECOND, output).group(1)),
        micros(find(P50, output)),
        micros(find(P99, output)));
  }

  private static Matcher find(Pattern pattern, String output) throws IOException {
    Matcher matcher = pattern.matcher(output);
    if (!matcher.find()) {
      throw new IOException("no '" + pattern + "' in what wrk printed:\n" + output);
    }
    return matcher;
  }

  private static double micros(Matcher matcher) {
    double value = Double.parseDouble(matcher.group(1));
    return switch (matcher.group(2)) {
      case "us" -> value;
      case "ms" -> value * 1e3;
      default -> value * 1e6;
    };
  }
}
