package dev.bumpless.agent.swap;

import dev.bumpless.manifest.ProbePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.function.Function;

/** When to probe next. */
final class Pace {
  /** How often what serves and is well is asked. */
  static final Duration GENTLE = Duration.ofSeconds(30);

  private static final Duration SHORTEST = Duration.ofMillis(50);

  private Pace() {}

  /**
   * Before the first pass often, growing with the time since the start, so that waiting for the
   * next probe adds a tenth to it at most; then as the policy says.
   */
  static Instant whileStarting(ProbePolicy policy, Collection<InstanceKey> keys, ObservedApp seen) {
    return earliest(keys, seen, key -> starting(policy, seen.notes().of(key), seen.now()));
  }

  private static Duration starting(ProbePolicy policy, InstanceNotes notes, Instant now) {
    if (notes.pulse().filter(p -> p.passes() > 0).isPresent()) {
      return policy.interval();
    }
    Duration tenth = Duration.between(notes.startedAt().orElse(now), now).dividedBy(10);
    Duration wait = tenth.compareTo(SHORTEST) < 0 ? SHORTEST : tenth;
    return wait.compareTo(policy.interval()) > 0 ? policy.interval() : wait;
  }

  static Instant every(Duration interval, Collection<InstanceKey> keys, ObservedApp seen) {
    return earliest(keys, seen, key -> interval);
  }

  private static Instant earliest(
      Collection<InstanceKey> keys, ObservedApp seen, Function<InstanceKey, Duration> wait) {
    return keys.stream()
        .map(
            key ->
                seen.notes()
                    .of(key)
                    .pulse()
                    .map(p -> p.at().plus(wait.apply(key)))
                    .orElse(seen.now()))
        .min(Comparator.naturalOrder())
        .orElse(seen.now());
  }
}
