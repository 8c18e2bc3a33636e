package dev.bumpless.controller.lease;

import java.time.Duration;
import java.util.Optional;

/**
 * Shares work out among controllers that may die at any time: whoever holds the lease of a piece of
 * work does it, and another takes it over when it was not renewed. Time is the database's, so the
 * controllers' clocks need not agree. Called by any thread.
 */
public interface Leases {

  /**
   * Takes a lease that nobody holds, or renews one's own, for that long from now. Empty where
   * another controller holds it.
   */
  Optional<Lease> take(String name, String owner, Duration length);

  /**
   * Whether it is still held. Inside a transaction of the stores the answer stays true until the
   * transaction ends: work that begins with this question is never done by two.
   */
  boolean isHeld(Lease lease);

  /** Gives it back, so that nobody has to wait for its end. One that was lost is left alone. */
  void release(Lease lease);
}
