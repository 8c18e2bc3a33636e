package dev.bumpless.controller.rollout;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What was done in one event, where it was not refused.
 *
 * @param rollout the one that it was done to
 */
record Deed(Kind kind, Optional<UUID> rollout) {
  /** What nobody did: devices spoke, or time went by. */
  static final Deed NONE = new Deed(Kind.NONE, Optional.empty());

  /** Everything was planned, for time alone. */
  static final Deed LOOK = new Deed(Kind.LOOK, Optional.empty());

  enum Kind {
    NONE,
    LOOK,
    START,
    ORDER,
    FORCE,
    PAUSE,
    RESUME,
    APPROVE,
    ABORT,
    RETRY,
    UNDO
  }

  static Deed of(Kind kind, Rollout rollout) {
    return new Deed(kind, Optional.of(rollout.id()));
  }

  boolean isTo(Rollout which, Kind... kinds) {
    return rollout.filter(which.id()::equals).isPresent() && Set.of(kinds).contains(kind);
  }
}
