package dev.bumpless.ledger;

import dev.bumpless.ledger.LedgerReport.Incident;
import dev.bumpless.ledger.LedgerReport.ShapeReport;
import dev.bumpless.ledger.LedgerReport.VersionSpan;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The ledger as JSON; written by hand so that the ledger runs on a bare JDK. */
public final class ReportJson {
  private ReportJson() {}

  public static String of(LedgerReport report) {
    return object(
            "startedAt", quoted(report.startedAt().toString()),
            "durationMs", number(report.durationMs()),
            "sent", report.sent(),
            "answered", report.answered(),
            "lost", report.lost(),
            "gapMs", number(report.gapMs()),
            "lagP99Ms", number(report.lagP99Ms()),
            "lagMaxMs", number(report.lagMaxMs()),
            "shapes", array(report.shapes(), ReportJson::shape),
            "versions", array(report.versions(), ReportJson::version),
            "incidents", array(report.incidents(), ReportJson::incident))
        + "\n";
  }

  private static String shape(ShapeReport s) {
    return object(
        "shape", quoted(s.shape().label()),
        "sent", s.sent(),
        "answered", s.answered(),
        "failed", s.failed(),
        "strays", s.strays(),
        "failures", counts(s.failures()),
        "strayReasons", counts(s.strayReasons()),
        "p50Ms", number(s.p50Ms()),
        "p99Ms", number(s.p99Ms()),
        "maxMs", number(s.maxMs()),
        "gapMs", number(s.gapMs()),
        "gapAtMs", number(s.gapAtMs()),
        "moved", s.moved(),
        "resent", s.resent(),
        "reopened", s.reopened());
  }

  private static String version(VersionSpan v) {
    return object(
        "version", quoted(v.version()),
        "fromMs", number(v.fromMs()),
        "toMs", number(v.toMs()),
        "answers", v.answers());
  }

  private static String incident(Incident i) {
    return object(
        "atMs", number(i.atMs()),
        "shape", quoted(i.shape().label()),
        "reason", quoted(i.reason().name()),
        "detail", quoted(i.detail()));
  }

  private static String counts(Map<Reason, Long> counts) {
    return counts.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(e -> quoted(e.getKey().name()) + ":" + e.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static <T> String array(List<T> items, Function<T, String> toJson) {
    return items.stream().map(toJson).collect(Collectors.joining(",", "[", "]"));
  }

  private static String object(Object... namesAndValues) {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < namesAndValues.length; i += 2) {
      json.append(i == 0 ? "" : ",").append(quoted((String) namesAndValues[i]));
      json.append(':').append(namesAndValues[i + 1]);
    }
    return json.append('}').toString();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    text.chars().forEach(c -> json.append(escaped((char) c)));
    return json.append('"').toString();
  }

  private static String escaped(char c) {
    if (c == '"' || c == '\\') {
      return "\\" + c;
    }
    return c < ' ' ? String.format(Locale.ROOT, "\\u%04x", (int) c) : String.valueOf(c);
  }
}
