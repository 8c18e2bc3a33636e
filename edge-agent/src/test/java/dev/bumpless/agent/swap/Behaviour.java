package dev.bumpless.agent.swap;

import java.time.Duration;
import java.util.Optional;

/**
 * How the containers of a release behave in the fakes.
 *
 * @param healthyAfter from start to the first good answer; empty for never
 * @param diesAfter from start to exit, each time; empty for never
 * @param oom whether it is killed for memory when it dies
 */
public record Behaviour(
    Optional<Duration> healthyAfter, Optional<Duration> diesAfter, boolean oom) {
  public static final Behaviour GOOD =
      new Behaviour(Optional.of(Duration.ZERO), Optional.empty(), false);
  public static final Behaviour NEVER_HEALTHY =
      new Behaviour(Optional.empty(), Optional.empty(), false);
  public static final Behaviour EXITS_AT_ONCE =
      new Behaviour(Optional.empty(), Optional.of(Duration.ZERO), false);

  public static Behaviour healthyAfter(Duration duration) {
    return new Behaviour(Optional.of(duration), Optional.empty(), false);
  }

  public static Behaviour diesAfter(Duration duration) {
    return new Behaviour(Optional.of(Duration.ZERO), Optional.of(duration), false);
  }

  public static Behaviour outOfMemoryAfter(Duration duration) {
    return new Behaviour(Optional.of(Duration.ZERO), Optional.of(duration), true);
  }
}
