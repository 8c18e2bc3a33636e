package dev.bumpless.manifest;

import java.time.Duration;

/**
 * When a new slot counts as healthy.
 *
 * @param interval between probes, 10 ms to 5 min, default 1 s
 * @param timeout of one probe, 10 ms to 5 min, default 2 s
 * @param healthyAfter consecutive passes needed, 1 to 100, default 3
 * @param startWithin from start to healthy, 100 ms to 1 h, default 60 s; beyond it the swap fails
 */
public record ProbePolicy(
    Duration interval, Duration timeout, int healthyAfter, Duration startWithin) {
  public static final ProbePolicy DEFAULT =
      new ProbePolicy(Duration.ofSeconds(1), Duration.ofSeconds(2), 3, Duration.ofSeconds(60));

  public ProbePolicy {
    Limits.check("interval", interval, Limits.INTERVAL);
    Limits.check("timeout", timeout, Limits.TIMEOUT);
    Limits.check("healthyAfter", healthyAfter, Limits.HEALTHY_AFTER);
    Limits.check("startWithin", startWithin, Limits.START_WITHIN);
  }
}
