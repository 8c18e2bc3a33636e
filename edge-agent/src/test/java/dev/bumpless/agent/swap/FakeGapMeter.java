package dev.bumpless.agent.swap;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** Measures 3 ms. */
public final class FakeGapMeter implements GapMeter {
  private final Set<AppName> running = new HashSet<>();

  @Override
  public Measurement start(App app) {
    running.add(app.name());
    return new Measurement() {
      @Override
      public Duration longestGap() {
        return Duration.ofMillis(3);
      }

      @Override
      public int failures() {
        return 0;
      }

      @Override
      public void close() {
        running.remove(app.name());
      }
    };
  }

  public Set<AppName> running() {
    return Set.copyOf(running);
  }
}
