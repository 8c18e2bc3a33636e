package dev.bumpless.agent.swap;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Phase;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Keeps every report. */
public final class FakeReporter implements Reporter {
  private final List<AppReport> reports = new ArrayList<>();
  private final List<String> pulls = new ArrayList<>();

  @Override
  public synchronized void report(AppReport report) {
    reports.add(report);
  }

  @Override
  public synchronized void pulling(
      AppName app, UUID order, String image, long doneBytes, long totalBytes) {
    pulls.add(image);
  }

  public synchronized List<AppReport> all() {
    return List.copyOf(reports);
  }

  public synchronized List<String> pulls() {
    return List.copyOf(pulls);
  }

  public synchronized Optional<AppReport> last(UUID order) {
    return reports.stream().filter(r -> r.order().equals(order)).reduce((a, b) -> b);
  }

  /** The phases that an order went through, in order, each once. */
  public synchronized Set<Phase> phases(UUID order) {
    Set<Phase> phases = new LinkedHashSet<>();
    reports.stream().filter(r -> r.order().equals(order)).forEach(r -> phases.add(r.phase()));
    return phases;
  }
}
