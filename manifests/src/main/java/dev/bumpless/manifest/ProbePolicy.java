package dev.bumpless.manifest;

import java.time.Duration;

/**
 * When a new slot counts as healthy.
 *
 * @param interval between probes, default 1 s
 * @param timeout of one probe, default 2 s
 * @param healthyAfter consecutive passes needed, default 3
 * @param startWithin from start to healthy, default 60 s; beyond it the swap fails
 */
public record ProbePolicy(
    Duration interval, Duration timeout, int healthyAfter, Duration startWithin) {
  public static final ProbePolicy DEFAULT =
      new ProbePolicy(Duration.ofSeconds(1), Duration.ofSeconds(2), 3, Duration.ofSeconds(60));
}
