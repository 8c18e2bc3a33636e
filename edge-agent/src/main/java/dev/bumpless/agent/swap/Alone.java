package dev.bumpless.agent.swap;

import java.time.Duration;
import java.util.Optional;

/**
 * Where only one slot may run ({@code overlap: none}): nothing starts beside another slot, and no
 * swap ends while something runs that does not serve, for what comes then may not know that it may
 * not run beside anything. Every plan goes through here. What starts inside a hold has its own
 * order ({@link CarryPlan}, {@link CarryBack}).
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
    if (plan.step() instanceof Step.Start start) {
      return other(Optional.of(start.instance().slot()))
          .map(other -> before(other, wayOut(other, start.instance())))
          .orElse(plan);
    }
    return plan.step() instanceof Step.Settle && seen.entry().swap().isPresent()
        ? other(seen.servingSlot()).map(this::backingOff).orElse(plan)
        : plan;
  }

  private Optional<InstanceKey> other(Optional<Slot> slot) {
    return seen.instances().stream()
        .filter(key -> isAlone() && !slot.equals(Optional.of(key.slot())))
        .filter(key -> seen.isAlive(key) && !seen.serving().contains(key))
        .findFirst();
  }

  /** As the swap has it that is under way, or else what serves. */
  private boolean isAlone() {
    return seen.entry()
        .swap()
        .map(Swap::release)
        .or(() -> seen.entry().current().map(JournalEntry.Running::release))
        .filter(release -> Cargo.isAlone(release.app()))
        .isPresent();
  }

  /** Nothing is waited for where clients wait for what is to start. */
  private Step wayOut(InstanceKey other, InstanceKey starting) {
    return seen.serving().contains(starting)
        ? new Step.Stop(other)
        : Retirement.toStop(seen, other, drain()).orElseThrow();
  }

  private Duration drain() {
    return seen.entry().swap().map(swap -> swap.app().upgrade().drain()).orElse(Duration.ZERO);
  }

  private Plan backingOff(InstanceKey other) {
    return seen.notes()
        .trouble()
        .filter(t -> seen.now().isBefore(t.retryAt()))
        .map(t -> new Plan(plan.order(), plan.phase(), t.told(seen), new Step.Wait(t.retryAt())))
        .orElseGet(() -> before(other, new Step.Stop(other)));
  }

  private Plan before(InstanceKey other, Step step) {
    String message =
        "%s; %s may not run beside it and stops first".formatted(plan.message(), other.place());
    return new Plan(plan.order(), plan.phase(), message, step);
  }
}
