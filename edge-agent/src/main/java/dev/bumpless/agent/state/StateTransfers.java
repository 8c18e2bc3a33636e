package dev.bumpless.agent.state;

import dev.bumpless.agent.swap.StateTransfer;
import dev.bumpless.agent.swap.TransferException;
import dev.bumpless.manifest.Hook;
import dev.bumpless.manifest.StatePolicy;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;

/** {@link StateTransfer} by commands, HTTP and volumes. Any thread. */
public final class StateTransfers implements StateTransfer {
  private final ContainerCommands commands;
  private final VolumeState volumes;

  public StateTransfers(ContainerCommands commands, VolumeCopies copies) {
    this.commands = commands;
    this.volumes = new VolumeState(copies);
  }

  @Override
  public Duration rehearse(StatePolicy state, Side from, Side to, Duration limit)
      throws TransferException {
    return kind(state).rehearse(from, to, limit);
  }

  @Override
  public void bring(StatePolicy state, Side from, Side to, Duration limit)
      throws TransferException {
    kind(state).bring(from, to, limit);
  }

  @Override
  public void run(Hook hook, Side in, Duration limit) throws TransferException {
    try {
      Command.of("hook", in, hook.container(), hook.exec())
          .run(commands, InputStream.nullInputStream(), OutputStream.nullOutputStream(), limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TransferException("running a hook was given up, the agent is stopping", e);
    }
  }

  @Override
  public void tidy(List<Side> sides) throws TransferException {
    volumes.tidy(sides);
  }

  private KindOfState kind(StatePolicy state) {
    if (state instanceof StatePolicy.Exec exec) {
      return new ExecState(exec, commands);
    }
    if (state instanceof StatePolicy.Http http) {
      return new HttpState(http);
    }
    if (state instanceof StatePolicy.ExclusiveVolume) {
      return volumes;
    }
    throw new IllegalStateException("not carried here: " + state);
  }
}
