package dev.bumpless.agent.lease;

import java.time.Duration;
import java.time.Instant;

/**
 * A lease that was given.
 *
 * @param endsAt steady
 * @param length for which it was given
 */
record KeptLease(String reason, Instant endsAt, Duration length) {}
