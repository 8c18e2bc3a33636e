package dev.bumpless.controller.source;

import dev.bumpless.controller.problem.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a source stands.
 *
 * @param revision the one that was read last; empty where none could be
 * @param lookedAt when it was looked at last
 * @param problem why it could not be read, or nothing of it was applied
 * @param drift at most {@link DriftFinder#MOST_TOLD}
 */
public record SourceStatus(
    SourceName name,
    String place,
    Optional<String> revision,
    Optional<Instant> lookedAt,
    Optional<Problem> problem,
    List<Row> units,
    List<Drift> drift) {

  public SourceStatus {
    units = List.copyOf(units);
    drift = List.copyOf(drift);
  }

  /** In one word. */
  public enum State {
    NOT_READ,
    PROBLEM,
    DRIFTED,
    UNDER_WAY,
    IN_STEP
  }

  /**
   * One thing that it asks for.
   *
   * @param applied what was applied of it last, of whichever revision
   * @param problem why what it asks for now could not be applied; it is tried again
   */
  public record Row(
      String unit, String path, Optional<Applied> applied, Optional<Problem> problem) {}

  public State state() {
    if (lookedAt.isEmpty()) {
      return State.NOT_READ;
    }
    if (problem.isPresent() || units.stream().anyMatch(row -> row.problem().isPresent())) {
      return State.PROBLEM;
    }
    if (drift.isEmpty()) {
      return State.IN_STEP;
    }
    return drift.stream().allMatch(Drift::isUnderWay) ? State.UNDER_WAY : State.DRIFTED;
  }
}
