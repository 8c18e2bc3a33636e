package dev.bumpless.agent.swap;

import dev.bumpless.manifest.App;
import java.time.Duration;
import java.util.List;

/** Finds what a test says. */
public final class FakeComparison implements Comparison {
  private final Calls calls;
  private List<Difference> found = List.of();

  public FakeComparison(Calls calls) {
    this.calls = calls;
  }

  /** What every round finds from now on. */
  public void finds(List<Difference> differences) {
    found = List.copyOf(differences);
  }

  @Override
  public Round compare(
      App app, StateTransfer.Side old, StateTransfer.Side young, Duration timeout) {
    return calls.call(
        "comparison.compare",
        failure -> new IllegalStateException("a comparison never throws"),
        () -> new Round(1, found));
  }
}
