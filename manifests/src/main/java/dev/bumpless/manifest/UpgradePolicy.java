package dev.bumpless.manifest;

import java.time.Duration;

/**
 * How a new release takes over.
 *
 * @param hold longest time in which requests may be parked, default 250 ms
 * @param drain how long the old slot may finish what it has, default 30 s
 * @param bake the watch after the flip while the old slot stays warm, default 30 s
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
