package dev.bumpless.ledger;

import dev.bumpless.ledger.LedgerReport.Incident;
import dev.bumpless.ledger.LedgerReport.ShapeReport;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

/** The book of one shape. Owned by the loop's thread. */
final class Account {
  private static final long NOBODY = Long.MIN_VALUE;

  private final Shape shape;
  private final Loop loop;
  private final Consumer<Incident> incidents;
  private final Series latencies = new Series();
  private final Map<Reason, Long> failures = new EnumMap<>(Reason.class);
  private final Map<Reason, Long> strays = new EnumMap<>(Reason.class);
  private long sent;
  private long answered;
  private long waiting;
  private long waitingSince = NOBODY;
  private long longestGap;
  private long longestGapAt;
  private long moved;
  private long resent;
  private long reopened;

  Account(Shape shape, Loop loop, Consumer<Incident> incidents) {
    this.shape = shape;
    this.loop = loop;
    this.incidents = incidents;
  }

  /** Books a request that is about to be sent; {@code due} may lie ahead. */
  Request open(long due) {
    sent++;
    Request request = new Request(shape.label() + "-" + sent + ".", due);
    if (due - loop.now() <= 0) {
      fallsDue(request);
    } else {
      loop.at(due, () -> fallsDue(request));
    }
    return request;
  }

  private void fallsDue(Request request) {
    if (request.isOpen()) {
      request.fallsDue();
      waiting++;
      if (waitingSince == NOBODY) {
        waitingSince = request.due();
      }
    }
  }

  void answered(Request request) {
    if (!request.isOpen()) {
      stray(Reason.ANSWERED_TWICE, request.token());
      return;
    }
    long now = loop.now();
    settle(request, Request.State.ANSWERED);
    answered++;
    latencies.add(Math.max(0, now - request.due()));
    if (waitingSince != NOBODY) {
      noteGap(now);
      waitingSince = waiting > 0 ? now : NOBODY;
    }
  }

  void failed(Request request, Reason reason, String detail) {
    if (request.isOpen()) {
      settle(request, Request.State.FAILED);
      failures.merge(reason, 1L, Long::sum);
      incident(reason, request.token() + " " + detail);
    }
  }

  /** Something came, or a connection went, that no open request accounts for. */
  void stray(Reason reason, String detail) {
    strays.merge(reason, 1L, Long::sum);
    incident(reason, "stray: " + detail);
  }

  /** A WebSocket was closed with 1012 at a frame boundary, as a drain may. */
  void moved() {
    moved++;
  }

  /** A message that was under way when its WebSocket was moved goes out again. */
  void resent() {
    resent++;
  }

  /** The server closed a kept-alive connection on which nothing was under way, as HTTP allows. */
  void reopened() {
    reopened++;
  }

  private void settle(Request request, Request.State state) {
    request.settle(state);
    if (request.isWaiting()) {
      waiting--;
    } else if (waitingSince == NOBODY && state == Request.State.FAILED) {
      waitingSince = loop.now();
    }
  }

  private void noteGap(long now) {
    if (now - waitingSince > longestGap) {
      longestGap = now - waitingSince;
      longestGapAt = waitingSince;
    }
  }

  private void incident(Reason reason, String detail) {
    incidents.accept(new Incident(loop.elapsedMs(loop.now()), shape, reason, detail));
  }

  long open() {
    return sent - answered - total(failures);
  }

  private static long total(Map<Reason, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  ShapeReport report() {
    if (waitingSince != NOBODY) {
      noteGap(loop.now());
    }
    Series.Percentiles latency = latencies.percentiles();
    return new ShapeReport(
        shape,
        sent,
        answered,
        total(failures),
        total(strays),
        Map.copyOf(failures),
        Map.copyOf(strays),
        latency.p50Ms(),
        latency.p99Ms(),
        latency.maxMs(),
        longestGap / 1e6,
        loop.elapsedMs(longestGapAt),
        moved,
        resent,
        reopened);
  }
}
