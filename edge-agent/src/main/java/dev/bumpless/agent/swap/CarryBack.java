package dev.bumpless.agent.swap;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.StatePolicy;
import dev.bumpless.protocol.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The way back of a swap whose app has state: what is done inside its hold, and what is lost. Pure.
 *
 * <p>Of an instance that died nothing is taken: it may have been started anew, with nothing in it.
 * What clients wrote to it was carried before, or is lost, and that is said.
 */
final class CarryBack {
  private static final int MOST_TRIES = 3;
  private static final Duration LOOK = Duration.ofMillis(50);

  private final ObservedApp seen;
  private final Swap.Return why;
  private final App young;
  private final App old;
  private final InstanceKey now;
  private final InstanceKey before;
  private final Replication replication;

  private CarryBack(ObservedApp seen, Swap swap, Swap.Return why, String defaultAddress) {
    this.seen = seen;
    this.why = why;
    this.young = swap.app();
    this.old = CarryPlan.before(seen, swap);
    this.now = swap.members().first();
    this.before = swap.origin().first();
    this.replication = new Replication(seen, young, now, before, defaultAddress);
  }

  /** Empty where one instance did not make way for one other. */
  static Optional<CarryBack> of(
      ObservedApp seen, Swap swap, Swap.Return why, String defaultAddress) {
    return swap.origin().size() == 1 && swap.members().size() == 1
        ? Optional.of(new CarryBack(seen, swap, why, defaultAddress))
        : Optional.empty();
  }

  /** Whether what it has in memory can be believed. */
  private boolean isSound() {
    return seen.runs(now)
        && Signals.death(young, now, seen).isEmpty()
        && seen.notes().of(now).pulse().filter(Pulse::isFallen).isEmpty();
  }

  /** Whether somebody asked for it, who can wait until all is carried. */
  private boolean isAsked() {
    return why.ending() == Phase.COMMITTED
        && seen.notes().trouble().filter(t -> t.tries() >= MOST_TRIES).isEmpty();
  }

  /** Has the values carried, where that was interrupted and can still be done. */
  Optional<Step> catchUp() {
    if (Cargo.modbus(young).isEmpty() || !isSound() || !seen.runs(before) || isWhole()) {
      return Optional.empty();
    }
    if (replication.isGoingOn()) {
      return Optional.of(new Step.Wait(seen.now().plus(LOOK)));
    }
    boolean isUnknown = seen.copy().isEmpty();
    return isAsked() || isUnknown ? Optional.of(replication.begunAnew()) : Optional.empty();
  }

  String progress() {
    return replication.progress();
  }

  /** What clients wrote and the way back does not bring; empty where it brings all. */
  Optional<String> loss() {
    if (isSound() && Cargo.modbus(young).isEmpty()) {
      return Optional.empty();
    }
    Optional<String> closed = WayBack.of(seen).flatMap(WayBack::closedBy);
    boolean isUnheard = Cargo.modbus(young).isPresent() && seen.runs(now) && !isSynced();
    return closed.isEmpty() && isUnheard
        ? Optional.of(
            "%s did not answer when the last writes were to be carried".formatted(now.place()))
        : closed;
  }

  /** What fails its probes may still take writes: it is asked for them, once. */
  private boolean isSynced() {
    return seen.runs(now) && isWhole() && (isSound() || seen.notes().trouble().isEmpty());
  }

  /** What is done inside the hold, in this order, before the flip. */
  List<HeldStep> inside() {
    List<HeldStep> steps = new ArrayList<>();
    boolean isSound = isSound();
    boolean isAlone = Cargo.isAlone(young);
    boolean isExact = !Cargo.brought(young).isEmpty() || isAlone;
    if (isSound && isExact) {
      steps.add(new HeldStep.Quiet(now));
    }
    if (isSound && !young.upgrade().demote().isEmpty()) {
      steps.add(
          mayFail(new HeldStep.Demote(now, young.upgrade().demote(), young.upgrade().promote())));
    }
    if (isSynced()) {
      steps.add(mayFail(new HeldStep.Sync()));
    }
    if (isAlone) {
      steps.add(new HeldStep.Stop(young, now));
    }
    for (StatePolicy state : Cargo.brought(young)) {
      if (isSound || state instanceof StatePolicy.ExclusiveVolume) {
        steps.add(mayFail(new HeldStep.Bring(state, now, before)));
      }
    }
    if (isAlone) {
      steps.add(new HeldStep.Start(old, before));
    }
    CarryPlan.addPromotion(steps, old, before);
    return steps;
  }

  private boolean isWhole() {
    return seen.copy()
        .filter(c -> c.leads(now, before) && c.phase() == StateCopy.Phase.WHOLE)
        .isPresent();
  }

  private HeldStep mayFail(HeldStep step) {
    return isAsked() ? step : new HeldStep.IfPossible(step);
  }
}
