package dev.bumpless.trust;

import dev.bumpless.manifest.AppName;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What only grows on a device: without it, old signed words could be said again.
 *
 * @param time newest signed instant seen: it is later than that, whatever the clock says
 */
public record Floors(Instant time, Map<AppName, AppFloor> apps) {

  /**
   * Of one app.
   *
   * @param sequence of the newest order that was accepted
   * @param orderSha256 hex digest of its payload, so that the same order twice is no replay
   * @param counter lowest release that may still run
   */
  public record AppFloor(long sequence, String orderSha256, long counter) {}

  public Floors {
    apps = Map.copyOf(apps);
  }

  /** A device that has heard nothing yet; {@code time} is when its agent was built. */
  public static Floors none(Instant time) {
    return new Floors(time, Map.of());
  }

  public Optional<AppFloor> of(AppName app) {
    return Optional.ofNullable(apps.get(app));
  }

  /** The clock, or the time floor where the clock is behind it: many boards boot in 1970. */
  public Instant notBefore(Instant clock) {
    return clock.isBefore(time) ? time : clock;
  }

  Floors atLeast(Instant lowest) {
    return time.isBefore(lowest) ? new Floors(lowest, apps) : this;
  }

  /** These floors after an order was accepted; none of them ever sinks. */
  public Floors raisedBy(
      AppName app, long sequence, String orderSha256, long counter, Instant signedAt) {
    AppFloor before = of(app).orElse(new AppFloor(0, "", 0));
    boolean newer = sequence > before.sequence();
    AppFloor after =
        new AppFloor(
            newer ? sequence : before.sequence(),
            newer ? orderSha256 : before.orderSha256(),
            Math.max(counter, before.counter()));
    Map<AppName, AppFloor> all = new TreeMap<>(apps);
    all.put(app, after);
    return new Floors(notBefore(signedAt), all);
  }
}
