package dev.bumpless.controller.link;

import java.time.Duration;

/** How long to wait before something is tried again. */
final class Pauses {
  private Pauses() {}

  /** Twice as long as before, up to the longest. */
  static Duration next(Duration pause, Duration longest) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(longest) > 0 ? longest : twice;
  }
}
