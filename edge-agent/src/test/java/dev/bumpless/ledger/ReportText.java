package dev.bumpless.ledger;

import dev.bumpless.ledger.LedgerReport.Incident;
import dev.bumpless.ledger.LedgerReport.ShapeReport;
import dev.bumpless.ledger.LedgerReport.VersionSpan;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The ledger as a person reads it. The columns stay as they are; scripts should read the JSON. */
public final class ReportText {
  private static final String ROW =
      "%-10s %9s %9s %7s %7s %9s %9s %9s %9s %6s %7s %9s%n".replace("%n", "\n");

  private ReportText() {}

  public static String of(LedgerReport report) {
    StringBuilder text = new StringBuilder();
    text.append(
        row(
            "shape",
            "sent",
            "answered",
            "failed",
            "strays",
            "p50 ms",
            "p99 ms",
            "max ms",
            "gap ms",
            "moved",
            "resent",
            "reopened"));
    report.shapes().forEach(shape -> text.append(shapeRow(shape)));
    text.append(totalRow(report.shapes(), report.gapMs()));
    report.shapes().stream().filter(s -> s.lost() > 0).forEach(s -> text.append(reasons(s)));
    report.versions().forEach(version -> text.append(versionLine(version)));
    text.append(
        format(
            "ran %.1f s; the generator was behind its schedule by %.1f ms (p99), %.1f ms (max)\n",
            report.durationMs() / 1e3, report.lagP99Ms(), report.lagMaxMs()));
    report.incidents().stream().limit(10).forEach(i -> text.append(incidentLine(i)));
    text.append(
        report.lost() == 0
            ? "nothing was lost\n"
            : format("%d of %d were lost\n", report.lost(), report.sent()));
    return text.toString();
  }

  private static String shapeRow(ShapeReport s) {
    return row(
        s.shape().label(),
        s.sent(),
        s.answered(),
        s.failed(),
        s.strays(),
        format("%.1f", s.p50Ms()),
        format("%.1f", s.p99Ms()),
        format("%.1f", s.maxMs()),
        format("%.1f", s.gapMs()),
        s.moved(),
        s.resent(),
        s.reopened());
  }

  private static String totalRow(List<ShapeReport> shapes, double gapMs) {
    return row(
        "all",
        shapes.stream().mapToLong(ShapeReport::sent).sum(),
        shapes.stream().mapToLong(ShapeReport::answered).sum(),
        shapes.stream().mapToLong(ShapeReport::failed).sum(),
        shapes.stream().mapToLong(ShapeReport::strays).sum(),
        "",
        "",
        format("%.1f", shapes.stream().mapToDouble(ShapeReport::maxMs).max().orElse(0)),
        format("%.1f", gapMs),
        shapes.stream().mapToLong(ShapeReport::moved).sum(),
        shapes.stream().mapToLong(ShapeReport::resent).sum(),
        shapes.stream().mapToLong(ShapeReport::reopened).sum());
  }

  private static String reasons(ShapeReport shape) {
    return "  "
        + shape.shape().label()
        + " lost: "
        + counts(shape.failures())
        + (shape.strays() > 0 ? "; strays: " + counts(shape.strayReasons()) : "")
        + "\n";
  }

  private static String counts(Map<Reason, Long> counts) {
    return counts.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(e -> e.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + e.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String versionLine(VersionSpan version) {
    return format(
        "version %-12s answered %7d times from %7.2f s to %7.2f s\n",
        version.version(), version.answers(), version.fromMs() / 1e3, version.toMs() / 1e3);
  }

  private static String incidentLine(Incident incident) {
    return format(
        "  at %.3f s %s %s: %s\n",
        incident.atMs() / 1e3,
        incident.shape().label(),
        incident.reason().name().toLowerCase(Locale.ROOT).replace('_', ' '),
        incident.detail());
  }

  private static String row(Object... cells) {
    return format(ROW, cells);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
