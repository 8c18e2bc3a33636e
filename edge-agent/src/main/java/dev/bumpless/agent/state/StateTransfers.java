package dev.bumpless.agent.state;

import dev.bumpless.agent.swap.StateTransfer;
import dev.bumpless.agent.swap.TransferException;
import dev.bumpless.manifest.Hook;
import dev.bumpless.manifest.StatePolicy;
import java.time.Duration;
import java.util.List;

/** {@link StateTransfer} by commands, HTTP and volumes. Any thread. */
public final class StateTransfers implements StateTransfer {

  @Override
  public Duration rehearse(StatePolicy state, Side from, Side to, Duration limit)
      throws TransferException {
    throw new TransferException("not carried: " + state);
  }

  @Override
  public void bring(StatePolicy state, Side from, Side to, Duration limit)
      throws TransferException {
    throw new TransferException("not carried: " + state);
  }

  @Override
  public void run(Hook hook, Side in, Duration limit) throws TransferException {
    throw new TransferException("not run: " + hook);
  }

  @Override
  public void tidy(List<Side> sides) {}
}
