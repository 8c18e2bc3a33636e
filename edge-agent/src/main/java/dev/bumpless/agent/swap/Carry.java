package dev.bumpless.agent.swap;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How far this life of the agent is with carrying the state of a swap. All of it may be lost: then
 * it is done again.
 *
 * @param rehearsed how long bringing each entry of the manifest's {@code state} took, by its place
 * @param copiedAt when the router was asked to copy last
 * @param unsureSince since when it is not known that what clients write is carried back
 * @param comparingSince when the first round of comparing was made
 * @param comparedAt when the last one was
 * @param suspects what differed in the last round
 * @param differences what differed twice in a row: enough to go back
 */
record Carry(
    Map<Integer, Duration> rehearsed,
    Optional<Instant> copiedAt,
    Optional<Instant> unsureSince,
    Optional<Instant> comparingSince,
    Optional<Instant> comparedAt,
    Set<String> suspects,
    List<String> differences) {
  static final Carry NONE =
      new Carry(
          Map.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Set.of(),
          List.of());

  Carry {
    rehearsed = Map.copyOf(rehearsed);
    suspects = Set.copyOf(suspects);
    differences = List.copyOf(differences);
  }

  Carry withRehearsal(int place, Duration took) {
    Map<Integer, Duration> more = new HashMap<>(rehearsed);
    more.put(place, took);
    return new Carry(
        more, copiedAt, unsureSince, comparingSince, comparedAt, suspects, differences);
  }

  Carry copying(Instant now) {
    return new Carry(
        rehearsed,
        Optional.of(now),
        unsureSince,
        comparingSince,
        comparedAt,
        suspects,
        differences);
  }

  /** Looked at the router's copy. */
  Carry looking(boolean isSure, Instant now) {
    Optional<Instant> since = isSure ? Optional.empty() : unsureSince.or(() -> Optional.of(now));
    return since.equals(unsureSince)
        ? this
        : new Carry(rehearsed, copiedAt, since, comparingSince, comparedAt, suspects, differences);
  }

  /** A difference counts when the next round finds it too: what was on its way has arrived then. */
  Carry compared(Comparison.Round round, Instant now) {
    List<String> twice =
        round.differences().stream()
            .filter(d -> suspects.contains(d.place()))
            .map(Comparison.Difference::toString)
            .toList();
    Set<String> places =
        round.differences().stream()
            .map(Comparison.Difference::place)
            .collect(Collectors.toUnmodifiableSet());
    return new Carry(
        rehearsed,
        copiedAt,
        unsureSince,
        comparingSince.or(() -> Optional.of(now)),
        Optional.of(now),
        places,
        twice);
  }
}
