package dev.bumpless.controller.rollout;

import dev.bumpless.manifest.RolloutLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How many more orders may go out now; counts down while a plan is made. */
final class Allowance {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final RolloutLimits limits;
  private final Map<String, Integer> inFlight = new HashMap<>();
  private final Instant minuteAgo;
  private int lastMinute;

  Allowance(RolloutLimits limits, List<Target> targets, Instant now) {
    this.limits = limits;
    this.minuteAgo = now.minus(MINUTE);
    for (Target target : targets) {
      if (wasAsked(target)) {
        lastMinute++;
      }
      if (target.isInFlight()) {
        target.place().site().ifPresent(site -> inFlight.merge(site, 1, Integer::sum));
      }
    }
  }

  /** What keeps an order for this device back; empty where nothing does. */
  Optional<String> objection(Target target) {
    Optional<String> site = target.place().site();
    int there = site.map(name -> inFlight.getOrDefault(name, 0)).orElse(0);
    if (site.isPresent() && limits.inFlightPerSite().filter(most -> there >= most).isPresent()) {
      return Optional.of(
          "%d of at most %d under way at site %s"
              .formatted(there, limits.inFlightPerSite().get(), site.get()));
    }
    return limits
        .perMinute()
        .filter(most -> lastMinute >= most || wasAsked(target))
        .map(most -> "at most " + most + " orders go out in a minute");
  }

  /** A device whose order was taken back is asked again in another minute: each counts once. */
  private boolean wasAsked(Target target) {
    return target.issuedAt().filter(at -> at.isAfter(minuteAgo)).isPresent();
  }

  /** One more goes out. */
  void take(Target target) {
    lastMinute++;
    target.place().site().ifPresent(site -> inFlight.merge(site, 1, Integer::sum));
  }
}
