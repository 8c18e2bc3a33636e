package dev.bumpless.agent.state;

import dev.bumpless.agent.swap.StateTransfer.Side;
import dev.bumpless.agent.swap.TransferException;
import dev.bumpless.manifest.StatePolicy;
import java.time.Duration;

/**
 * GET of the old version's state, PUT of it to the new one, and GET there, to see whether it has
 * arrived ({@link Mark}): on the device's bridge, past the router.
 */
record HttpState(StatePolicy.Http policy) implements KindOfState {
  @Override
  public void bring(Side from, Side to, Duration limit) throws TransferException {
    Deadline deadline = Deadline.in(limit);
    StatePlace old = StatePlace.of(from, policy);
    StatePlace young = StatePlace.of(to, policy);
    Mark sent = old.passTo(young, deadline);
    Mark found = young.look(deadline);
    if (!found.isStateOf(sent)) {
      throw new TransferException(
          "PUT %s was answered well, and GET there then gave another state: %s, where %s gave %s"
              .formatted(young, found, old, sent));
    }
  }
}
