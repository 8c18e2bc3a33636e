package dev.bumpless.agent.state;

import dev.bumpless.agent.swap.StateTransfer.Side;
import dev.bumpless.agent.swap.TransferException;
import java.time.Duration;

/** One entry of the manifest's {@code state}, by the way of its kind. Any thread. */
interface KindOfState {

  /** As {@link dev.bumpless.agent.swap.StateTransfer#bring} has it. */
  void bring(Side from, Side to, Duration limit) throws TransferException;

  /** As {@link dev.bumpless.agent.swap.StateTransfer#rehearse} has it. */
  default Duration rehearse(Side from, Side to, Duration limit) throws TransferException {
    long begin = System.nanoTime();
    bring(from, to, limit);
    return Duration.ofNanos(System.nanoTime() - begin);
  }
}
