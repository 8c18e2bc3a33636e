package dev.bumpless.controller.rollout;

import dev.bumpless.manifest.Opening;
import dev.bumpless.manifest.RolloutLimits;
import dev.bumpless.protocol.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * How many more orders may go out now; counts down while a plan is made.
 *
 * <p>An order that was taken back before the device told of it may have been heard all the same, so
 * it counts until the device is asked again, or has told.
 *
 * <p>A device that waits for its window begins by itself, whatever is thought here then. So it is
 * under way at its site from its order on, and counts in the minute in which the window opens: no
 * more are made ready than may begin at once.
 */
final class Allowance {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final RolloutLimits limits;
  private final Map<String, Integer> inFlight = new HashMap<>();
  private final Set<DeviceId> lastMinute = new HashSet<>();
  private final Instant minuteAgo;
  private final Instant inAMinute;
  private int ready;

  /**
   * @param openings the one in which a device begins that has its order; empty: at any time
   */
  Allowance(
      RolloutLimits limits,
      List<Target> targets,
      Function<Target, Optional<Opening>> openings,
      Instant now) {
    this.limits = limits;
    this.minuteAgo = now.minus(MINUTE);
    this.inAMinute = now.plus(MINUTE);
    for (Target target : targets) {
      Optional<Opening> opening = openings.apply(target);
      boolean isReady = target.mayBeUnderWay() && opening.filter(o -> o.isAhead(now)).isPresent();
      boolean isJustOpen =
          opening.filter(o -> o.from().isAfter(minuteAgo) && !o.isAhead(now)).isPresent();
      ready += isReady ? 1 : 0;
      if (isReady || isJustOpen || wasAsked(target)) {
        lastMinute.add(target.device());
      }
      if (target.mayBeUnderWay()) {
        target.place().site().ifPresent(site -> inFlight.merge(site, 1, Integer::sum));
      }
    }
  }

  /** What keeps an order for this device back; empty where nothing does. */
  Optional<String> objection(Target target) {
    Optional<String> site = target.place().site();
    int there = site.map(name -> inFlight.getOrDefault(name, 0)).orElse(0);
    int others = target.mayBeUnderWay() ? there - 1 : there;
    if (site.isPresent() && limits.inFlightPerSite().filter(most -> others >= most).isPresent()) {
      return Optional.of(
          "%d of at most %d under way at site %s"
              .formatted(others, limits.inFlightPerSite().get(), site.get()));
    }
    int orders = lastMinute.size() - (lastMinute.contains(target.device()) ? 1 : 0);
    return limits
        .perMinute()
        .filter(most -> orders >= most || wasAsked(target))
        .map(most -> "at most " + most + " orders go out in a minute" + readyOnes());
  }

  private String readyOnes() {
    return ready == 0 ? "" : ", and " + ready + " of them begin when the window opens";
  }

  /**
   * A device whose order was taken back is asked again in another minute: each counts once. Clocks
   * of controllers differ a little; an order from further ahead was made before a clock was set.
   */
  private boolean wasAsked(Target target) {
    return target
        .issuedAt()
        .filter(at -> at.isAfter(minuteAgo) && at.isBefore(inAMinute))
        .isPresent();
  }

  /** One more goes out. */
  void take(Target target) {
    lastMinute.add(target.device());
    if (!target.mayBeUnderWay()) {
      target.place().site().ifPresent(site -> inFlight.merge(site, 1, Integer::sum));
    }
  }
}
