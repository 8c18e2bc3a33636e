package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.StateTransfer.Side;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Hook;
import java.lang.System.Logger;
import java.time.Duration;

/**
 * Performs the steps that are about state, outside of a hold; inside it is {@link HeldRunner}. Says
 * what is known afterwards.
 */
final class Carrier {
  private static final Logger LOG = System.getLogger(Carrier.class.getName());

  /** For each hook that has an instance act again after its start. */
  private static final Duration PROMOTE = Duration.ofSeconds(30);

  private final Seams seams;
  private final ObservedApp seen;

  Carrier(Seams seams, ObservedApp seen) {
    this.seams = seams;
    this.seen = seen;
  }

  private Side side(InstanceKey key) {
    return new Side(key, seen.of(key));
  }

  private Notes noting(Carry carry) {
    return seen.notes().with(carry);
  }

  Notes copy(Step.Copy step) throws RouteException {
    seams
        .routes()
        .copy(seen.app(), step.from(), step.to(), step.state(), step.skip(), step.route());
    return noting(seen.notes().carry().copying(seams.ticker().steady()));
  }

  Notes rehearse(Step.Rehearse step) throws TransferException {
    Duration took =
        seams.transfer().rehearse(step.state(), side(step.from()), side(step.to()), step.within());
    return noting(seen.notes().carry().withRehearsal(step.place(), took));
  }

  Notes compare(Step.Compare step) {
    Comparison.Round round =
        seams
            .comparison()
            .compare(
                step.app(), side(step.old()), side(step.young()), step.app().probe().timeout());
    return noting(seen.notes().carry().compared(round, seams.ticker().steady()));
  }

  /** Returns the start of its containers, whose hooks have run. */
  String promote(Step.Promote step) throws TransferException {
    for (Hook hook : step.hooks()) {
      seams.transfer().run(hook, side(step.instance()), PROMOTE);
    }
    return Lives.of(seen.of(step.instance()));
  }

  /** Best effort: a copy that nobody asks for does no harm, and the next swap ends it. */
  void end(App app) {
    try {
      if (Cargo.modbus(app).isPresent()) {
        seams.routes().forgetCopy(seen.app());
      }
      if (!Cargo.brought(app).isEmpty()) {
        seams.transfer().tidy(seen.instances().stream().map(this::side).toList());
      }
    } catch (RouteException | TransferException e) {
      LOG.log(Logger.Level.WARNING, "what carried the state of " + seen.app() + " is left", e);
    }
  }
}
