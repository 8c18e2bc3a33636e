package dev.bumpless.agent.swap;

import dev.bumpless.protocol.Phase;

/**
 * Between staged and started: an order that touches what serves waits here for whoever asked that
 * nothing is touched, and goes on by itself.
 *
 * @param isForced whether an operator said that it waits for nobody
 */
record Gate(OrderRef order, ObservedApp seen, boolean isForced) {
  Plan next() {
    return seen.lease()
        .filter(lease -> !isForced)
        .map(this::waiting)
        .orElseGet(() -> plan(Phase.STAGED, "it may begin", new Step.Pass(isForced)));
  }

  private Plan waiting(Leases.Lease lease) {
    String message =
        "'%s' has an update lease until %s (%s); to begin now: bumpless rollout force %s"
            .formatted(lease.owner(), seen.clock(lease.endsAt()), lease.reason(), seen.app());
    return plan(Phase.WAITING, message, new Step.Wait(lease.endsAt()));
  }

  private Plan plan(Phase phase, String message, Step step) {
    return new Plan(order, phase, message, step);
  }
}
