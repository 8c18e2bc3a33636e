package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.GapMeter.Measurement;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The gap measurements that run: at most one an app. Safe for any thread. */
final class Meters implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Meters.class.getName());

  private final GapMeter gaps;
  private final Map<AppName, Measurement> running = new ConcurrentHashMap<>();

  Meters(GapMeter gaps) {
    this.gaps = gaps;
  }

  /** Starts measuring, if nothing does yet. A swap without a figure is better than none. */
  void measure(App app) {
    try {
      running.computeIfAbsent(app.name(), name -> gaps.start(app));
    } catch (RuntimeException e) {
      LOG.log(Logger.Level.WARNING, "the gap of " + app.name() + " is not measured", e);
    }
  }

  Optional<Duration> longest(AppName app) {
    return Optional.ofNullable(running.get(app)).map(Measurement::longestGap);
  }

  void end(AppName app) {
    Measurement measurement = running.remove(app);
    if (measurement != null) {
      measurement.close();
    }
  }

  @Override
  public void close() {
    running.keySet().forEach(this::end);
  }
}
