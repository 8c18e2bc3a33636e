package dev.bumpless.agent.swap;

import dev.bumpless.protocol.Phase;

/**
 * What to do next, and what to tell.
 *
 * @param order that it works for; not the newest one where that has to wait
 * @param phase where that order is
 * @param message for a person
 */
record Plan(OrderRef order, Phase phase, String message, Step step) {

  /** The swap goes back, and its revision is not tried again until somebody asks. */
  static Plan failing(Swap swap, String reason) {
    return new Plan(
        swap.order(),
        Phase.ROLLING_BACK,
        reason,
        new Step.TurnBack(new Swap.Return(Phase.ROLLED_BACK, reason, swap.order()), true));
  }
}
