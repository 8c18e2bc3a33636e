package dev.bumpless.agent.swap;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The way out of an instance that is sent nothing new: drained, stopped, and removed if wanted. */
final class Retirement {
  private static final Duration SHORTEST_LOOK = Duration.ofMillis(250);
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(2);

  private Retirement() {}

  /** The next step to have it stopped and kept; empty when it is. */
  static Optional<Step> toStop(ObservedApp seen, InstanceKey key, Duration drain) {
    if (!seen.isAlive(key)) {
      return Optional.empty();
    }
    Optional<Step> draining = drained(seen, key, drain);
    if (draining.isPresent()) {
      return draining;
    }
    // Else a reboot in the middle would bring it back.
    return seen.notes().of(key).lasting().filter(on -> !on).isPresent()
        ? Optional.of(new Step.Stop(key))
        : Optional.of(new Step.KeepAlive(key, false));
  }

  /** The next step to have it gone; empty when it is. */
  static Optional<Step> toRemove(ObservedApp seen, InstanceKey key, Duration drain) {
    if (!seen.exists(key)) {
      return Optional.empty();
    }
    if (!seen.isAlive(key)) {
      return Optional.of(new Step.Remove(key));
    }
    return drained(seen, key, drain).or(() -> Optional.of(new Step.Stop(key)));
  }

  /** Waits for what is under way and cuts it at the deadline; empty when nothing is. */
  static Optional<Step> drained(ObservedApp seen, InstanceKey key, Duration drain) {
    InstanceNotes notes = seen.notes().of(key);
    if (seen.underway(Set.of(key)) == 0 || notes.isCut()) {
      return Optional.empty();
    }
    Instant since = notes.outSince().orElse(seen.now());
    Instant deadline = since.plus(drain);
    if (!seen.now().isBefore(deadline)) {
      return Optional.of(new Step.Cut(new TreeSet<>(Set.of(key))));
    }
    Instant look = seen.now().plus(pause(Duration.between(since, seen.now())));
    return Optional.of(new Step.Wait(look.isBefore(deadline) ? look : deadline));
  }

  /** Most of what is under way is over soon; what is not may take long. */
  private static Duration pause(Duration waited) {
    Duration pause = waited.dividedBy(4);
    if (pause.compareTo(SHORTEST_LOOK) < 0) {
      return SHORTEST_LOOK;
    }
    return pause.compareTo(LONGEST_LOOK) > 0 ? LONGEST_LOOK : pause;
  }
}
