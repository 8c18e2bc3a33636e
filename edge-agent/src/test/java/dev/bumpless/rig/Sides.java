package dev.bumpless.rig;

import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.agent.swap.ObservedContainer;
import dev.bumpless.agent.swap.ObservedContainer.State;
import dev.bumpless.agent.swap.Slot;
import dev.bumpless.agent.swap.StateTransfer.Side;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Instances of one container each, without an engine. */
public final class Sides {
  private static final AppName APP = new AppName("stateful");

  private Sides() {}

  public static Side running(Slot slot, String container, String id, String address) {
    return in(State.RUNNING, slot, container, id, address);
  }

  public static Side exited(Slot slot, String container) {
    return in(State.EXITED, slot, container, slot + "-id", "127.0.0.1");
  }

  private static Side in(State state, Slot slot, String container, String id, String address) {
    InstanceKey instance = new InstanceKey(APP, slot, 0);
    return new Side(
        instance,
        List.of(
            new ObservedContainer(
                id,
                instance,
                new Revision(new ReleaseId(APP, slot == Slot.BLUE ? 1 : 2), 1),
                container,
                address,
                state,
                0,
                false,
                0,
                Instant.EPOCH,
                Optional.empty(),
                "")));
  }
}
