package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.JournalEntry.Running;
import java.time.Duration;
import java.util.Optional;

/**
 * Where only one slot may run ({@code overlap: none}), what runs in the other one stops before
 * anything starts, unless it serves. Every plan goes through here. Whether only one may run the
 * swap says that is under way; what was committed says it too, to all that is not of this swap.
 */
final class Alone {
  private final ObservedApp seen;
  private final Plan plan;

  private Alone(ObservedApp seen, Plan plan) {
    this.seen = seen;
    this.plan = plan;
  }

  /** The plan, or what has to stop before it. */
  static Plan first(ObservedApp seen, Plan plan) {
    return new Alone(seen, plan).next();
  }

  private Plan next() {
    return starting()
        .flatMap(young -> beside(young).map(other -> before(other, wayOut(other, young))))
        .orElse(plan);
  }

  /** What the step would start; a hold stops what serves by itself before that. */
  private Optional<InstanceKey> starting() {
    if (plan.step() instanceof Step.Start start) {
      return Optional.of(start.instance());
    }
    return plan.step() instanceof Step.Switch flip
        ? flip.inside().stream()
            .filter(HeldStep.Start.class::isInstance)
            .map(step -> ((HeldStep.Start) step).instance())
            .findFirst()
        : Optional.empty();
  }

  private Optional<InstanceKey> beside(InstanceKey young) {
    return seen.instances().stream()
        .filter(key -> key.slot() != young.slot() && !seen.serving().contains(key))
        .filter(key -> seen.isAlive(key) && mayNotRunBeside(young, key))
        .findFirst();
  }

  private boolean mayNotRunBeside(InstanceKey young, InstanceKey other) {
    Optional<Swap> swap = seen.entry().swap();
    boolean isOfSwap =
        swap.filter(s -> s.isOurs(other))
            .filter(s -> seen.of(other).stream().allMatch(c -> c.revision().equals(s.revision())))
            .isPresent();
    return swap.filter(s -> Cargo.isAlone(s.app())).isPresent()
        || (!isOfSwap
            && current(young.slot()).filter(c -> Cargo.isAlone(c.release().app())).isPresent());
  }

  private Optional<Running> current(Slot slot) {
    return seen.entry().current().filter(c -> c.slot() == slot);
  }

  /** Nothing is waited for where clients wait for what is to start. */
  private Step wayOut(InstanceKey other, InstanceKey young) {
    return seen.serving().contains(young)
        ? new Step.Stop(other)
        : Retirement.toStop(seen, other, drain()).orElseThrow();
  }

  private Duration drain() {
    return seen.entry().swap().map(swap -> swap.app().upgrade().drain()).orElse(Duration.ZERO);
  }

  private Plan before(InstanceKey other, Step step) {
    String message =
        "%s; %s may not run beside it and stops first".formatted(plan.message(), other.place());
    return new Plan(plan.order(), plan.phase(), message, step);
  }
}
