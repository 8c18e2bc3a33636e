package dev.bumpless.controller.lease;

import dev.bumpless.controller.problem.Problem;
import java.util.Optional;

/**
 * Whether it is this controller's turn to do what only one of several may do. Called by any thread.
 */
public interface Turn {
  /** Of a controller that has its store to itself. */
  Turn ALWAYS =
      new Turn() {
        private final Optional<Lease> mine = Optional.of(new Lease("everything", "me", 1));

        @Override
        public Optional<Lease> lease() {
          return mine;
        }

        @Override
        public boolean isHeld(Lease lease) {
          return true;
        }
      };

  /**
   * The lease under which this controller works, as far as it knows; empty while it stands by. Asks
   * nobody. Once it was lost, even for a moment, it comes back with another term.
   */
  Optional<Lease> lease();

  /** As {@link Leases#isHeld}: asked first in a transaction, it keeps out what comes too late. */
  boolean isHeld(Lease lease);

  /**
   * Refuses what only the one on duty can do.
   *
   * @param consequence what this controller cannot do while it stands by
   */
  default void require(String consequence) {
    if (lease().isEmpty()) {
      throw Problem.of(
          Problem.Code.STANDING_BY,
          "this controller stands by, so " + consequence,
          "ask the controller that is on duty; its log says so");
    }
  }
}
