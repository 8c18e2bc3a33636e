package dev.bumpless.agent.swap;

import java.time.Instant;

/**
 * The probe history of an instance since its containers were started last.
 *
 * @param life tells one start of its containers from the next
 * @param passes in a row, 0 after a failure
 * @param failures in a row, 0 after a pass
 * @param at of the last round
 * @param message of the last round
 */
record Pulse(String life, int passes, int failures, Instant at, String message) {

  /** Three in a row: one may be chance, and the engine needs time to restart what died. */
  static final int FAILURES_TO_FALL = 3;

  Pulse after(HealthProbe.Result result, Instant when) {
    return result.passed()
        ? new Pulse(life, passes + 1, 0, when, result.message())
        : new Pulse(life, 0, failures + 1, when, result.message());
  }

  boolean isFallen() {
    return failures >= FAILURES_TO_FALL;
  }
}
