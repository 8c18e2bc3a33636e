package dev.bumpless.manifest;

import java.time.Duration;
import java.util.Optional;

/**
 * What a rollout must not exceed.
 *
 * @param failures how many may fail before it stops
 * @param success share of a wave that must have succeeded before the next one, in percent; empty:
 *     every device of the wave must have come to an end
 * @param gap a longer measured gap counts as a failure
 * @param perMinute most orders in any minute
 * @param inFlightPerSite most devices of one site (label {@code site}) that are under way at once
 */
public record RolloutLimits(
    Threshold failures,
    Optional<Integer> success,
    Optional<Duration> gap,
    Optional<Integer> perMinute,
    Optional<Integer> inFlightPerSite) {

  /** The first failure stops it; nothing else is limited. */
  public static final RolloutLimits DEFAULT =
      new RolloutLimits(
          Threshold.count(0),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
}
