package dev.bumpless.agent.lease;

import dev.bumpless.manifest.AppName;
import java.util.Optional;

/**
 * Whose lease on what: each owner has one.
 *
 * @param app empty for all of the device
 */
record LeaseKey(Optional<AppName> app, String owner) {
  static final String ALL = "all";

  boolean isAbout(AppName other) {
    return app.isEmpty() || app.get().equals(other);
  }

  /** What it is on, in a word. */
  String place() {
    return app.map(AppName::value).orElse(ALL);
  }
}
