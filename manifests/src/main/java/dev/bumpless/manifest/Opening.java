package dev.bumpless.manifest;

import static dev.bumpless.manifest.InvalidManifestException.check;

import java.time.Instant;

/**
 * One opening of a maintenance window.
 *
 * @param from the first moment that is inside
 * @param until the first moment that no longer is
 */
public record Opening(Instant from, Instant until) {
  public Opening {
    check(from.isBefore(until), "an opening from %s until %s is none", from, until);
  }

  public boolean isAhead(Instant now) {
    return now.isBefore(from);
  }

  public boolean isOver(Instant now) {
    return !now.isBefore(until);
  }
}
