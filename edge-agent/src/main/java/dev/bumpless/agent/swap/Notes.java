package dev.bumpless.agent.swap;

import dev.bumpless.protocol.AppReport.StepTime;
import dev.bumpless.protocol.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What this life of the agent knows of an app beyond the journal. All of it may be lost: then it is
 * observed or done again.
 *
 * @param stage how far the swap's preparation is
 * @param phase as last planned; empty before the first plan of a swap
 * @param phaseSince steady
 * @param steps of the swap so far
 * @param trouble what went wrong last, until something succeeds
 * @param carry how far the swap's state is
 * @param trial what the new version is judged by
 * @param isCollected whether images were collected since the last order ended
 * @param isAnnounced whether the last order's end was reported
 */
record Notes(
    Stage stage,
    Optional<Phase> phase,
    Instant phaseSince,
    List<StepTime> steps,
    Map<InstanceKey, InstanceNotes> instances,
    Optional<Trouble> trouble,
    Carry carry,
    Trial trial,
    boolean isCollected,
    boolean isAnnounced) {

  /** The preparation of a swap; beyond it the observation tells. */
  enum Stage {
    /** This life has not begun the swap. */
    NONE,
    CLEANING,
    PULLING,
    /** Everything is here; it waits until it may begin. */
    AT_GATE,
    /** It may begin, and nobody is given a lease any more. */
    STAGED
  }

  Notes {
    steps = List.copyOf(steps);
    instances = Map.copyOf(instances);
  }

  /** What the agent knows when it wakes up. */
  static Notes blank(Instant now) {
    return new Notes(
        Stage.NONE,
        Optional.empty(),
        now,
        List.of(),
        Map.of(),
        Optional.empty(),
        Carry.NONE,
        Trial.NONE,
        false,
        false);
  }

  InstanceNotes of(InstanceKey key) {
    return instances.getOrDefault(key, InstanceNotes.NONE);
  }

  int passes(InstanceKey key) {
    return of(key).pulse().map(Pulse::passes).orElse(0);
  }

  boolean hasStarted(InstanceKey key) {
    return of(key).startedAt().isPresent();
  }

  /** A swap begins: nothing that was known of the instances counts, and the clock starts. */
  Notes beginning(Stage first, List<StepTime> before, Instant now) {
    return new Notes(
        first,
        Optional.empty(),
        now,
        before,
        Map.of(),
        Optional.empty(),
        Carry.NONE,
        Trial.NONE,
        false,
        false);
  }

  Notes at(Stage newer) {
    return new Notes(
        newer,
        phase,
        phaseSince,
        steps,
        instances,
        trouble,
        carry,
        trial,
        isCollected,
        isAnnounced);
  }

  /**
   * Adds what the phase before took, where this one differs. An end is no step: what follows it is
   * another order's, which begins with none.
   */
  Notes entering(Phase newer, Instant now) {
    if (phase.filter(p -> p == newer).isPresent()) {
      return this;
    }
    return new Notes(
        stage,
        Optional.of(newer),
        now,
        phase.filter(Phase::isFinal).isPresent() ? List.of() : stepsUntil(now),
        instances,
        trouble,
        carry,
        trial,
        isCollected,
        isAnnounced);
  }

  /** The steps, with the phase that is going on. */
  List<StepTime> stepsUntil(Instant now) {
    List<StepTime> longer = new ArrayList<>(steps);
    phase.ifPresent(p -> add(longer, p.name(), Duration.between(phaseSince, now)));
    return longer;
  }

  private static void add(List<StepTime> steps, String name, Duration took) {
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).name().equals(name)) {
        steps.set(i, new StepTime(name, steps.get(i).took().plus(took)));
        return;
      }
    }
    steps.add(new StepTime(name, took));
  }

  Notes with(InstanceKey key, UnaryOperator<InstanceNotes> change) {
    Map<InstanceKey, InstanceNotes> newer = new HashMap<>(instances);
    newer.put(key, change.apply(of(key)));
    return withInstances(newer);
  }

  /** It was stopped or removed: its life starts anew. */
  Notes forgetting(InstanceKey key) {
    Map<InstanceKey, InstanceNotes> newer = new HashMap<>(instances);
    newer.remove(key);
    return withInstances(newer);
  }

  Notes withInstances(Map<InstanceKey, InstanceNotes> newer) {
    return new Notes(
        stage, phase, phaseSince, steps, newer, trouble, carry, trial, isCollected, isAnnounced);
  }

  Notes withTrouble(Optional<Trouble> newer) {
    return new Notes(
        stage, phase, phaseSince, steps, instances, newer, carry, trial, isCollected, isAnnounced);
  }

  Notes with(Trial newer) {
    return new Notes(
        stage,
        phase,
        phaseSince,
        steps,
        instances,
        trouble,
        carry,
        newer,
        isCollected,
        isAnnounced);
  }

  Notes with(Carry newer) {
    return new Notes(
        stage,
        phase,
        phaseSince,
        steps,
        instances,
        trouble,
        newer,
        trial,
        isCollected,
        isAnnounced);
  }

  /** An order ended: its clock stops, and what it leaves is to be tidied and told. */
  Notes settled(Instant now) {
    return new Notes(
        Stage.NONE,
        Optional.empty(),
        now,
        List.of(),
        instances,
        Optional.empty(),
        Carry.NONE,
        Trial.NONE,
        false,
        false);
  }

  Notes collected() {
    return new Notes(
        stage, phase, phaseSince, steps, instances, trouble, carry, trial, true, isAnnounced);
  }

  Notes announced() {
    return new Notes(
        stage, phase, phaseSince, steps, instances, trouble, carry, trial, isCollected, true);
  }
}
