package dev.bumpless.ledger;

import dev.bumpless.ledger.LedgerReport.VersionSpan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which version answered when. Owned by the loop's thread. */
final class Versions {
  private static final double LONGEST_PAUSE_MS = 1000;

  private final Pattern pattern;
  private final List<Span> spans = new ArrayList<>();
  private final Map<String, Span> newest = new HashMap<>();

  Versions(Pattern pattern) {
    this.pattern = pattern;
  }

  void read(String body, double atMs) {
    Matcher matcher = pattern.matcher(body);
    if (matcher.find()) {
      seen(matcher.group(1), atMs);
    }
  }

  private void seen(String version, double atMs) {
    Span span = newest.get(version);
    if (span == null || atMs - span.toMs > LONGEST_PAUSE_MS) {
      span = new Span(version, atMs);
      spans.add(span);
      newest.put(version, span);
    }
    span.toMs = atMs;
    span.answers++;
  }

  List<VersionSpan> report() {
    return spans.stream()
        .map(s -> new VersionSpan(s.version, s.fromMs, s.toMs, s.answers))
        .toList();
  }

  private static final class Span {
    private final String version;
    private final double fromMs;
    private double toMs;
    private long answers;

    Span(String version, double fromMs) {
      this.version = version;
      this.fromMs = fromMs;
    }
  }
}
