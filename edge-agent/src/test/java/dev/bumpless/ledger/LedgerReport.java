package dev.bumpless.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The whole ledger. Times are milliseconds since {@code startedAt} where they say {@code AtMs},
 * {@code fromMs} or {@code toMs}.
 *
 * @param lagP99Ms how far behind its schedule the generator itself was
 * @param versions which version answered when, in order of first sight
 * @param incidents the first losses, for a person
 */
public record LedgerReport(
    Instant startedAt,
    double durationMs,
    double lagP99Ms,
    double lagMaxMs,
    List<ShapeReport> shapes,
    List<VersionSpan> versions,
    List<Incident> incidents) {

  public long sent() {
    return shapes.stream().mapToLong(ShapeReport::sent).sum();
  }

  public long answered() {
    return shapes.stream().mapToLong(ShapeReport::answered).sum();
  }

  /** Failed requests and strays of all shapes. */
  public long lost() {
    return shapes.stream().mapToLong(ShapeReport::lost).sum();
  }

  /** The longest gap of any shape. */
  public double gapMs() {
    return shapes.stream().mapToDouble(ShapeReport::gapMs).max().orElse(0);
  }

  public ShapeReport of(Shape shape) {
    return shapes.stream()
        .filter(s -> s.shape() == shape)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no load of shape " + shape.label()));
  }

  /**
   * @param moved WebSockets that a drain closed with 1012
   * @param resent messages that were under way then and went out again on the next WebSocket
   * @param reopened connections that the server closed while nothing was under way on them
   */
  public record ShapeReport(
      Shape shape,
      long sent,
      long answered,
      long failed,
      long strays,
      Map<Reason, Long> failures,
      Map<Reason, Long> strayReasons,
      double p50Ms,
      double p99Ms,
      double maxMs,
      double gapMs,
      double gapAtMs,
      long moved,
      long resent,
      long reopened) {

    public long lost() {
      return failed + strays;
    }
  }

  /** A stretch in which a version answered at least once a second. */
  public record VersionSpan(String version, double fromMs, double toMs, long answers) {}

  /** One loss. */
  public record Incident(double atMs, Shape shape, Reason reason, String detail) {}
}
