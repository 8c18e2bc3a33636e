package dev.bumpless.manifest;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a new release takes over.
 *
 * @param hold longest time in which requests may be parked, 1 ms to 1 min, default 250 ms
 * @param drain how long the old slot may finish what it has, at most 24 h, default 30 s
 * @param bake the watch after the flip while the old slot stays warm, at most 168 h, default 30 s
 * @param gap a swap whose measured gap is longer goes back, 1 ms to 1 min; empty: no limit
 * @param promote run in the new slot inside the hold
 * @param demote run in the old slot inside the hold, before that
 */
public record UpgradePolicy(
    Strategy strategy,
    Overlap overlap,
    Duration hold,
    Duration drain,
    Duration bake,
    Optional<Duration> gap,
    List<Hook> promote,
    List<Hook> demote) {
  public static final UpgradePolicy DEFAULT =
      new UpgradePolicy(
          Strategy.BLUE_GREEN,
          Overlap.FULL,
          Duration.ofMillis(250),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30));

  public UpgradePolicy {
    promote = List.copyOf(promote);
    demote = List.copyOf(demote);
    Limits.check("hold", hold, Limits.HOLD);
    Limits.check("drain", drain, Limits.DRAIN);
    Limits.check("bake", bake, Limits.BAKE);
    gap.ifPresent(g -> Limits.check("gap", g, Limits.GAP));
  }

  /** Without hooks, and with no limit to the gap. */
  public UpgradePolicy(
      Strategy strategy, Overlap overlap, Duration hold, Duration drain, Duration bake) {
    this(strategy, overlap, hold, drain, bake, Optional.empty(), List.of(), List.of());
  }

  /** Whether commands are run inside the hold. */
  boolean hasHooks() {
    return !promote.isEmpty() || !demote.isEmpty();
  }

  /** All instances at once, or one instance at a time. */
  public enum Strategy {
    BLUE_GREEN,
    ROLLING
  }

  /** Whether both slots may run at once. */
  public enum Overlap {
    /** Both run and both could serve. */
    FULL,
    /** The new slot starts passive, and is promoted inside the hold. */
    STANDBY,
    /** The old slot stops inside the hold, then the new one starts. */
    NONE;

    /** As in a manifest. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
