package dev.bumpless.simulator;

import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.ReleaseId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What becomes of a release on a device: drawn from a seed, the same for the same seed, device and
 * release. Safe for any thread.
 */
final class Fate {
  private final long seed;
  private final Duration longestStart;
  private final Map<ReleaseId, Double> failures = new ConcurrentHashMap<>();

  /** Of the app that is rolled out; whoever dies within it is rolled back. */
  static final Duration BAKE = Duration.ofSeconds(1);

  /**
   * @param longestStart a container is healthy after anything up to that
   */
  Fate(long seed, Duration longestStart) {
    this.seed = seed;
    this.longestStart = longestStart;
  }

  /**
   * From now on containers of that release die at their start on some devices.
   *
   * @param share 0 to 1
   */
  void failOn(ReleaseId release, double share) {
    failures.put(release, share);
  }

  boolean isFailing(DeviceId device, ReleaseId release) {
    double share = failures.getOrDefault(release, 0.0); // asked at every look, mostly of good ones
    return share > 0 && dice(device, release, "fails").nextDouble() < share;
  }

  /**
   * How long after its start a container of that release dies there; empty where it lives. Every
   * other one dies at once, the others when they have been healthy for less than {@link #BAKE}.
   */
  Optional<Duration> deathTime(DeviceId device, ReleaseId release) {
    if (!isFailing(device, release)) {
      return Optional.empty();
    }
    double when = 2 * dice(device, release, "dies").nextDouble() - 1;
    return Optional.of(
        when < 0
            ? Duration.ZERO
            : startTime(device, release).plusNanos((long) (BAKE.toNanos() * when)));
  }

  Duration startTime(DeviceId device, ReleaseId release) {
    double share = dice(device, release, "start").nextDouble();
    return Duration.ofNanos((long) (longestStart.toNanos() * share));
  }

  private SplittableRandom dice(DeviceId device, ReleaseId release, String what) {
    return new SplittableRandom(seed * 31 + (device + "/" + release + "/" + what).hashCode());
  }
}
