package dev.bumpless.agent.swap;

import java.time.Duration;
import java.util.Optional;

/**
 * How the containers of a release behave in the fakes.
 *
 * @param healthyAfter from start to the first good answer; empty for never
 * @param diesAfter from start to exit, each time; empty for never
 * @param oom whether it is killed for memory when it dies
 * @param mortal the one container that dies; empty where all do
 */
public record Behaviour(
    Optional<Duration> healthyAfter,
    Optional<Duration> diesAfter,
    boolean oom,
    Optional<String> mortal) {
  public static final Behaviour GOOD =
      new Behaviour(Optional.of(Duration.ZERO), Optional.empty(), false, Optional.empty());
  public static final Behaviour NEVER_HEALTHY =
      new Behaviour(Optional.empty(), Optional.empty(), false, Optional.empty());
  public static final Behaviour EXITS_AT_ONCE =
      new Behaviour(Optional.empty(), Optional.of(Duration.ZERO), false, Optional.empty());

  public static Behaviour healthyAfter(Duration duration) {
    return new Behaviour(Optional.of(duration), Optional.empty(), false, Optional.empty());
  }

  public static Behaviour diesAfter(Duration duration) {
    return new Behaviour(
        Optional.of(Duration.ZERO), Optional.of(duration), false, Optional.empty());
  }

  public static Behaviour outOfMemoryAfter(Duration duration) {
    return new Behaviour(Optional.of(Duration.ZERO), Optional.of(duration), true, Optional.empty());
  }

  /** The same, of one container beside others that live on. */
  public Behaviour onlyOf(String container) {
    return new Behaviour(healthyAfter, diesAfter, oom, Optional.of(container));
  }

  /** When that container dies after its start. */
  Optional<Duration> deathOf(String container) {
    return mortal.filter(m -> !m.equals(container)).isPresent() ? Optional.empty() : diesAfter;
  }
}
