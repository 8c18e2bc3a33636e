package dev.bumpless.manifest;

import java.time.Duration;

/**
 * How a new release takes over.
 *
 * @param hold longest time in which requests may be parked, 1 ms to 1 min, default 250 ms
 * @param drain how long the old slot may finish what it has, at most 24 h, default 30 s
 * @param bake the watch after the flip while the old slot stays warm, at most 168 h, default 30 s
 */
public record UpgradePolicy(
    Strategy strategy, Overlap overlap, Duration hold, Duration drain, Duration bake) {
  public static final UpgradePolicy DEFAULT =
      new UpgradePolicy(
          Strategy.BLUE_GREEN,
          Overlap.FULL,
          Duration.ofMillis(250),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30));

  public UpgradePolicy {
    Limits.check("hold", hold, Limits.HOLD);
    Limits.check("drain", drain, Limits.DRAIN);
    Limits.check("bake", bake, Limits.BAKE);
  }

  /** All instances at once, or one instance at a time. */
  public enum Strategy {
    BLUE_GREEN,
    ROLLING
  }

  /** Whether both slots may run at once. */
  public enum Overlap {
    FULL,
    STANDBY,
    NONE
  }
}
