package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.JournalEntry.Running;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Compare;
import dev.bumpless.manifest.StatePolicy;
import dev.bumpless.protocol.AppReport.StepTime;
import dev.bumpless.protocol.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a swap does about state between the probes of the new instance and the flip: has values
 * copied, rehearses what the hold will have to do and whether it fits, compares the two versions;
 * and the list of what is done inside the hold. Pure. Where nothing serves there is nothing to
 * carry.
 */
final class CarryPlan {
  /** An outcome of one look: go on with a step, or fail for a reason. */
  record Next(Phase phase, String message, Optional<Step> step) {
    static Next doing(Phase phase, String message, Step step) {
      return new Next(phase, message, Optional.of(step));
    }

    static Next failing(String reason) {
      return new Next(Phase.ROLLING_BACK, reason, Optional.empty());
    }
  }

  private static final Duration REHEARSAL = Duration.ofSeconds(10);
  private static final Duration PRE_COPY = Duration.ofHours(2);
  private static final Duration LONGEST_COPY = Duration.ofMinutes(10);
  private static final Duration COMPARE_AGAIN = Duration.ofMillis(500);
  private static final int MOST_TOLD = 3;

  private final ObservedApp seen;
  private final App young;
  private final App old;
  private final InstanceKey from;
  private final InstanceKey to;
  private final Replication replication;

  private CarryPlan(
      ObservedApp seen, Swap swap, InstanceKey from, InstanceKey to, String defaultAddress) {
    this.seen = seen;
    this.young = swap.app();
    this.old = before(seen, swap);
    this.from = from;
    this.to = to;
    this.replication = new Replication(seen, young, from, to, defaultAddress);
  }

  /** The manifest of what served before; the new one's stands in where the journal was lost. */
  static App before(ObservedApp seen, Swap swap) {
    return seen.entry().current().map(Running::release).map(r -> r.app()).orElseGet(swap::app);
  }

  /** Empty where nothing serves beside the new one. */
  static Optional<CarryPlan> of(ObservedApp seen, Swap swap, String defaultAddress) {
    return seen.serving().stream()
        .filter(key -> !swap.isOurs(key))
        .findFirst()
        .map(from -> new CarryPlan(seen, swap, from, swap.members().first(), defaultAddress));
  }

  /** The next thing to do before the flip; empty when all is ready. */
  Optional<Next> next() {
    int replicas = Math.max(old.replicas(), seen.serving().size());
    if (needsOne() && replicas > 1) {
      return Optional.of(
          Next.failing(
              ("there are %d instances of what serves, and state is carried from one to one, as"
                      + " one stops for one: set replicas of %s to 1 first")
                  .formatted(replicas, seen.app())));
    }
    return replicate().or(this::rehearse).or(this::fit).or(this::compare);
  }

  private boolean needsOne() {
    return Cargo.isCarried(young)
        || Cargo.isAlone(young)
        || hasHooks()
        || young.compare().isPresent();
  }

  private boolean hasHooks() {
    return !young.upgrade().promote().isEmpty() || !old.upgrade().demote().isEmpty();
  }

  /** Of what does not run any more nothing can be had but its volumes. */
  private boolean isLost() {
    return !seen.runs(from);
  }

  private Optional<Next> replicate() {
    if (Cargo.modbus(young).isEmpty() || isLost()) {
      return Optional.empty();
    }
    Optional<String> failure = replication.failure();
    if (failure.isPresent()) {
      return Optional.of(Next.failing("its values could not be carried over: " + failure.get()));
    }
    Optional<Step> step = replication.untilWhole();
    Instant since = seen.notes().carry().copiedAt().orElse(seen.now());
    if (step.isPresent() && !seen.now().isBefore(since.plus(LONGEST_COPY))) {
      return Optional.of(
          Next.failing(
              "its values were not alike within %s: %s"
                  .formatted(ForwardPlan.seconds(LONGEST_COPY), replication.progress())));
    }
    return step.map(s -> Next.doing(Phase.REPLICATING, replication.progress(), s));
  }

  private Optional<Next> rehearse() {
    for (int place = 0; place < young.state().size(); place++) {
      StatePolicy state = young.state().get(place);
      boolean isPossible = !isLost() || state instanceof StatePolicy.ExclusiveVolume;
      if (Cargo.isBrought(state)
          && isPossible
          && !seen.notes().carry().rehearsed().containsKey(place)) {
        return Optional.of(
            Next.doing(
                Phase.REPLICATING,
                "bringing state of %s to %s while it serves, to see how long the hold has to be"
                    .formatted(from.place(), to.place()),
                new Step.Rehearse(place, state, from, to, within(state))));
      }
    }
    return Optional.empty();
  }

  private Duration within(StatePolicy state) {
    Duration hold = young.upgrade().hold();
    return state instanceof StatePolicy.ExclusiveVolume
        ? PRE_COPY
        : hold.compareTo(REHEARSAL) > 0 ? hold : REHEARSAL;
  }

  /** Refuses what cannot fit, before a client has to wait for it. */
  private Optional<Next> fit() {
    Duration hold = young.upgrade().hold();
    Duration allowed = Cargo.isAlone(young) ? HeldRunner.forNew(hold) : hold;
    Duration bringing =
        seen.notes().carry().rehearsed().values().stream().reduce(Duration.ZERO, Duration::plus);
    Duration starting = Cargo.isAlone(young) ? startTook() : Duration.ZERO;
    Duration needed = bringing.plus(starting);
    if (needed.isZero() || needed.compareTo(allowed) < 0) {
      return Optional.empty();
    }
    return Optional.of(
        Next.failing(
            ("the hold would overrun: bringing state took %d ms in a rehearsal%s, and of"
                    + " 'upgrade.hold' (%d ms) %d ms are for that. Raise it to %d ms or more")
                .formatted(
                    bringing.toMillis(),
                    starting.isZero()
                        ? ""
                        : ", the last start %d ms".formatted(starting.toMillis()),
                    hold.toMillis(),
                    allowed.toMillis(),
                    needed.multipliedBy(Cargo.isAlone(young) ? 2 : 1).plusMillis(100).toMillis())));
  }

  /** From the start to the first good answer when a release of this app was started last. */
  private Duration startTook() {
    List<StepTime> steps = seen.entry().last().map(Settled::steps).orElse(List.of());
    Duration took = Duration.ZERO;
    for (StepTime step : steps) {
      if (step.name().equals(Phase.STARTING.name()) || step.name().equals(Phase.PROBING.name())) {
        took = took.plus(step.took());
      }
    }
    Duration patience = old.probe().interval().multipliedBy(old.probe().healthyAfter() - 1L);
    return took.compareTo(patience) > 0 ? took.minus(patience) : Duration.ZERO;
  }

  private Optional<Next> compare() {
    Optional<Compare> wanted = young.compare();
    if (wanted.isEmpty() || isLost() || Cargo.isAlone(young)) {
      return Optional.empty();
    }
    Carry carry = seen.notes().carry();
    if (!carry.differences().isEmpty()) {
      return Optional.of(
          Next.failing(
              "the two versions answer differently: "
                  + String.join(
                      "; ",
                      carry
                          .differences()
                          .subList(0, Math.min(MOST_TOLD, carry.differences().size())))));
    }
    Instant since = carry.comparingSince().orElse(seen.now());
    boolean isOver =
        !seen.now().isBefore(since.plus(wanted.get().during()))
            && carry.comparingSince().isPresent()
            && carry.suspects().isEmpty();
    if (isOver) {
      return Optional.empty();
    }
    String message =
        "asking both versions for %s whether they answer alike"
            .formatted(ForwardPlan.seconds(wanted.get().during()));
    Instant due = carry.comparedAt().map(at -> at.plus(COMPARE_AGAIN)).orElse(seen.now());
    return Optional.of(
        Next.doing(
            Phase.COMPARING,
            message,
            seen.now().isBefore(due) ? new Step.Wait(due) : new Step.Compare(young, from, to)));
  }

  /** What is done inside the hold, in this order, before the flip. */
  List<HeldStep> inside() {
    boolean isAlone = Cargo.isAlone(young);
    List<HeldStep> steps = new ArrayList<>();
    if ((!Cargo.brought(young).isEmpty() || hasHooks() || isAlone) && !isLost()) {
      steps.add(new HeldStep.Quiet(from));
    }
    if (!old.upgrade().demote().isEmpty() && !isLost()) {
      steps.add(new HeldStep.Demote(from, old.upgrade().demote(), old.upgrade().promote()));
    }
    if (Cargo.modbus(young).isPresent() && !isLost()) {
      steps.add(new HeldStep.Sync());
    }
    if (isAlone) {
      steps.add(new HeldStep.Stop(old, from));
    }
    for (StatePolicy state : Cargo.brought(young)) {
      if (!isLost() || state instanceof StatePolicy.ExclusiveVolume) {
        steps.add(new HeldStep.Bring(state, from, to));
      }
    }
    if (isAlone) {
      steps.add(new HeldStep.Start(young, to));
    }
    addPromotion(steps, young, to);
    return steps;
  }

  /** Has an instance act, where its app has hooks for that. */
  static void addPromotion(List<HeldStep> steps, App app, InstanceKey key) {
    if (!app.upgrade().promote().isEmpty()) {
      steps.add(new HeldStep.Promote(key, app.upgrade().promote(), app.upgrade().demote()));
    }
  }
}
