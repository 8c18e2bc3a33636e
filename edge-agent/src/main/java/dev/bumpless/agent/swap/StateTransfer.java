package dev.bumpless.agent.swap;

import dev.bumpless.manifest.Hook;
import dev.bumpless.manifest.StatePolicy;
import java.time.Duration;
import java.util.List;

/**
 * Carries what the router does not: state by commands, by HTTP and in volumes, and the hooks of a
 * hold. Calls block until done, are made by worker threads of the reconciler, one at a time for an
 * app but at once for several. State of kind none, volume shared and modbus is none of its
 * business.
 *
 * <p>Every call may be repeated: bringing again brings what is there now.
 */
public interface StateTransfer {

  /**
   * An instance as it is now.
   *
   * @param containers all of it, in any state
   */
  record Side(InstanceKey instance, List<ObservedContainer> containers) {
    public Side {
      containers = List.copyOf(containers);
    }

    /**
     * @throws TransferException where it is not there
     */
    public ObservedContainer container(String name) throws TransferException {
      return containers.stream()
          .filter(c -> c.container().equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new TransferException("container '%s' of %s is gone".formatted(name, instance)));
    }
  }

  /**
   * Brings the state while {@code from} serves. What arrives may be half-made; it serves to be
   * quick in the hold, and to learn how long that takes.
   *
   * @return how long the same would take now
   */
  Duration rehearse(StatePolicy state, Side from, Side to, Duration limit) throws TransferException;

  /**
   * Brings the state exactly, while {@code from} is asked nothing (kind volume: while neither
   * runs).
   *
   * @param limit what is left of the hold
   */
  void bring(StatePolicy state, Side from, Side to, Duration limit) throws TransferException;

  /** Runs a hook to its end. */
  void run(Hook hook, Side in, Duration limit) throws TransferException;

  /** Frees what a transfer to or from the app's instances has left outside of them. */
  void tidy(List<Side> sides) throws TransferException;
}
