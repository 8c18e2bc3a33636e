package dev.bumpless.manifest;

import static dev.bumpless.manifest.InvalidManifestException.check;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;

/**
 * When devices may be touched. Moments are of the zone's own clock: one that the clocks leap over
 * in spring begins that much later, one that comes twice in autumn begins the first time.
 *
 * @param cron when it opens, again and again; or
 * @param at when it opens, once
 * @param length how long it stays open
 */
public record MaintenanceWindow(
    Optional<Cron> cron, Optional<LocalDateTime> at, Duration length, ZoneId zone) {

  public MaintenanceWindow {
    check(cron.isPresent() != at.isPresent(), "a window has cron or at; one of them");
  }

  /** When the window that is open now closes; empty where it is closed. */
  public Optional<Instant> openUntil(Instant now) {
    return openedAt(now).map(o -> o.plus(length));
  }

  /** The opening that is on, or else the next one; empty where it never opens again. */
  public Optional<Opening> opening(Instant now) {
    return openedAt(now).or(() -> openingAfter(now)).map(o -> new Opening(o, o.plus(length)));
  }

  /** When the window that is open now has opened; of several moments the last. */
  private Optional<Instant> openedAt(Instant now) {
    Optional<Instant> last = Optional.empty();
    Optional<Instant> opening = openingAfter(now.minus(length));
    while (opening.filter(o -> !o.isAfter(now)).isPresent()) {
      last = opening;
      opening = openingAfter(opening.get());
    }
    return last;
  }

  /** When it opens next, now not counted; empty where it never does again. */
  public Optional<Instant> openingAfter(Instant now) {
    if (at.isPresent()) {
      return at.map(this::instant).filter(opening -> opening.isAfter(now));
    }
    Optional<LocalDateTime> next = cron.orElseThrow().next(LocalDateTime.ofInstant(now, zone));
    while (next.filter(n -> !instant(n).isAfter(now)).isPresent()) {
      next = cron.get().next(next.get().plusMinutes(1));
    }
    return next.map(this::instant);
  }

  /** Whether no device can be touched any more. */
  public boolean isOver(Instant now) {
    return opening(now).isEmpty();
  }

  private Instant instant(LocalDateTime local) {
    return local.atZone(zone).toInstant();
  }
}
