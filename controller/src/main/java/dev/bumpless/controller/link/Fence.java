package dev.bumpless.controller.link;

import dev.bumpless.controller.lease.Lease;
import dev.bumpless.controller.lease.Turn;
import dev.bumpless.controller.rollout.Rollouts;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets nothing be written by a controller whose turn is over without its knowledge: one that slept,
 * say, and wakes up with messages that are old news to its successor.
 */
record Fence(Turn turn, Rollouts rollouts) {

  /** Does the work in one durable step, or none of it where the lease is not held any more. */
  boolean pass(Lease lease, Runnable work) {
    AtomicBoolean isHeld = new AtomicBoolean();
    rollouts.inOneStep(
        () -> {
          isHeld.set(turn.isHeld(lease));
          if (isHeld.get()) {
            work.run();
          }
        });
    return isHeld.get();
  }
}
