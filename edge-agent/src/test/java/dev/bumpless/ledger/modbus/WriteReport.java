package dev.bumpless.ledger.modbus;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The ledger as it is told.
 *
 * @param writes that were acknowledged
 * @param reads that were answered
 * @param connections that were opened, one for each master and one for the watch where none ended
 * @param p50Ms of the answers, as are the others
 * @param incidents the first ones, for a person
 */
public record WriteReport(
    double seconds,
    long writes,
    long reads,
    long connections,
    Map<Trouble, Long> troubles,
    double p50Ms,
    double p99Ms,
    double maxMs,
    List<String> incidents) {
  public WriteReport {
    troubles = Map.copyOf(troubles);
    incidents = List.copyOf(incidents);
  }

  public long of(Trouble kind) {
    return troubles.getOrDefault(kind, 0L);
  }

  /** All that must not be. */
  public long failures() {
    return troubles.values().stream().mapToLong(Long::longValue).sum();
  }

  public String toText() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%d writes acknowledged, %d reads, %d connections in %.1f s; "
                + "answers p50 %.1f ms, p99 %.1f ms, longest %.1f ms%n",
            writes,
            reads,
            connections,
            seconds,
            p50Ms,
            p99Ms,
            maxMs));
    text.append(troubles.isEmpty() ? "nothing was lost\n" : troubleLine());
    incidents.forEach(incident -> text.append("  ").append(incident).append('\n'));
    return text.toString();
  }

  private String troubleLine() {
    return troubles.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> entry.getKey().label() + " " + entry.getValue())
        .collect(Collectors.joining(", ", "", "\n"));
  }

  public String toJson() {
    String counts =
        troubles.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(entry -> "\"%s\":%d".formatted(entry.getKey(), entry.getValue()))
            .collect(Collectors.joining(",", "{", "}"));
    return String.format(
        Locale.ROOT,
        "{\"seconds\":%.1f,\"writes\":%d,\"reads\":%d,\"connections\":%d,\"failures\":%d,"
            + "\"troubles\":%s,\"p50Ms\":%.3f,\"p99Ms\":%.3f,\"maxMs\":%.3f}%n",
        seconds,
        writes,
        reads,
        connections,
        failures(),
        counts,
        p50Ms,
        p99Ms,
        maxMs);
  }
}
