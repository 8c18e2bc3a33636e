package dev.bumpless.manifest;

import static dev.bumpless.manifest.InvalidManifestException.check;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a rollout has come when this wave is over, the waves before it included, and what has to
 * happen before the next one.
 *
 * @param devices at most that many; or
 * @param percent of all devices, rounded up
 * @param approval whether a person has to approve the next wave
 * @param after how long to watch before the next wave
 */
public record Wave(
    Optional<Integer> devices, Optional<Integer> percent, boolean approval, Duration after) {
  static final int WHOLE = 100;

  /** Everybody. */
  public static final Wave ALL =
      new Wave(Optional.empty(), Optional.of(WHOLE), false, Duration.ZERO);

  public Wave {
    check(devices.isPresent() != percent.isPresent(), "a wave has devices or percent; one of them");
    check(!approval || after.isZero(), "a wave has then: approve or after; one of them");
  }

  /** How many of so many devices have had their turn when this wave is over. */
  public int reach(int total) {
    return devices
        .map(count -> Math.min(count, total))
        .orElseGet(() -> (int) (((long) total * percent.orElseThrow() + WHOLE - 1) / WHOLE));
  }

  boolean isWhole() {
    return percent.equals(Optional.of(WHOLE));
  }

  /** Whether this wave certainly comes before it; shares of different kinds cannot be compared. */
  boolean isBefore(Wave next) {
    boolean notFewer = devices.isPresent() && next.devices.isPresent();
    boolean notLess = percent.isPresent() && next.percent.isPresent();
    return (!notFewer || devices.get() < next.devices.get())
        && (!notLess || percent.get() < next.percent.get());
  }

  @Override
  public String toString() {
    return devices
        .map(n -> n + (n == 1 ? " device" : " devices"))
        .orElseGet(() -> percent.get() + " %");
  }
}
