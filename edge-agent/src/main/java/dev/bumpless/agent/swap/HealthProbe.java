package dev.bumpless.agent.swap;

import dev.bumpless.manifest.HealthCheck;
import java.time.Duration;

/** Asks a container whether it can serve, on its own address, never through the router. */
public interface HealthProbe {

  /** Returns within {@code timeout} and a little; never throws for what the app does. */
  Result probe(HealthCheck check, ObservedContainer container, Duration timeout);

  /**
   * @param message what was seen, for a person: {@code GET /settings answered 500}
   */
  record Result(boolean passed, String message) {}
}
