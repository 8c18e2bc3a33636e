package dev.bumpless.controller.fleet;

import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.Presence;
import java.util.Optional;
import java.util.UUID;

/**
 * The present life of a device's agent: what decides whether a word of it counts.
 *
 * @param boot its name; empty before the first birth
 * @param connection the newest of that life that is known; 0 where none is
 * @param number of the newest report of that life; 0 before the first
 * @param lastBeforeEnd number of the last report before it said that it ends; 0 if it did not
 */
record Life(Optional<UUID> boot, long connection, boolean online, long number, long lastBeforeEnd) {

  static Life of(Device device) {
    long number =
        device
            .report()
            .filter(report -> device.boot().equals(Optional.of(report.boot())))
            .map(DeviceReport::number)
            .orElse(0L);
    return new Life(device.boot(), 0, device.online(), number, 0);
  }

  /**
   * Whether a word about its presence counts: an end counts only for the life that it names, and
   * not for a connection that another one followed.
   */
  boolean believes(Presence presence) {
    return presence.online()
        || boot.isEmpty()
        || (is(presence.boot()) && presence.connection() >= connection);
  }

  /** Whether it tells of a connection what is known already: a birth is said twice. */
  boolean isKnown(Presence presence) {
    return online
        && presence.online()
        && is(presence.boot())
        && presence.connection() <= connection;
  }

  /** Whether a report is newer than the newest. */
  boolean isNews(DeviceReport report) {
    return !is(report.boot()) || report.number() > number;
  }

  boolean is(UUID other) {
    return boot.equals(Optional.of(other));
  }

  /** After that word, which may begin another life. */
  Life after(Presence presence) {
    return new Life(
        Optional.of(presence.boot()),
        is(presence.boot()) ? Math.max(connection, presence.connection()) : presence.connection(),
        presence.online(),
        is(presence.boot()) ? number : 0,
        presence.online() ? 0 : presence.reports());
  }

  /** Taken for gone, though it did not say so. */
  Life gone() {
    return new Life(boot, connection, false, number, lastBeforeEnd);
  }

  /** Whether a report shows that it lives: one that was overtaken by the end does not. */
  boolean isShownBy(DeviceReport report) {
    return online || !is(report.boot()) || report.number() > lastBeforeEnd;
  }

  /** After that report, which is a sign of life too. */
  Life after(DeviceReport report) {
    return new Life(
        Optional.of(report.boot()),
        is(report.boot()) ? connection : 0,
        isShownBy(report),
        report.number(),
        is(report.boot()) ? lastBeforeEnd : 0);
  }
}
