package dev.bumpless.agent.swap;

import dev.bumpless.protocol.AppReport.StepTime;
import dev.bumpless.protocol.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How an order ended.
 *
 * @param message for a person
 * @param gap longest time without an answer; empty where nothing served before
 */
public record Settled(
    OrderRef order,
    Phase phase,
    String message,
    Optional<Duration> gap,
    Optional<Duration> hold,
    List<StepTime> steps) {
  public Settled {
    steps = List.copyOf(steps);
    if (!phase.isFinal()) {
      throw new IllegalArgumentException(phase + " is not final");
    }
  }

  /** An order that needed no swap. */
  static Settled plainly(OrderRef order, Phase phase, String message) {
    return new Settled(order, phase, message, Optional.empty(), Optional.empty(), List.of());
  }
}
