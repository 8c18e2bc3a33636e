package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.Notes.Stage;
import dev.bumpless.manifest.UpgradePolicy;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import java.util.Optional;
import java.util.TreeSet;

/** An order to stop or to delete: nobody is sent there, what is under way ends, then it stops. */
final class EndPlan {
  private final OrderRef order;
  private final ObservedApp seen;
  private final boolean isDelete;
  private final Gate gate;
  private final UpgradePolicy policy;

  EndPlan(OrderRef order, ObservedApp seen, Order asked) {
    this.order = order;
    this.seen = seen;
    this.isDelete = asked.action() instanceof Order.Delete;
    this.gate = new Gate(order, seen, asked);
    this.policy =
        seen.entry().current().map(c -> c.release().app().upgrade()).orElse(UpgradePolicy.DEFAULT);
  }

  Plan next() {
    return trouble()
        .or(this::waitForOthers)
        .or(this::flipAway)
        .or(this::retire)
        .or(this::closeRoutes)
        .orElseGet(this::settle);
  }

  private Optional<Plan> trouble() {
    return seen.notes()
        .trouble()
        .filter(t -> seen.now().isBefore(t.retryAt()))
        .map(t -> plan(t.told(seen), new Step.Wait(t.retryAt())));
  }

  /** Where nobody is served any more there is nothing to keep as it is. */
  private Optional<Plan> waitForOthers() {
    return seen.serving().isEmpty() || seen.notes().stage() == Stage.STAGED
        ? Optional.empty()
        : Optional.of(gate.next());
  }

  private Optional<Plan> flipAway() {
    return seen.serving().isEmpty()
        ? Optional.empty()
        : Optional.of(
            plan(
                "the routes answer that the app is stopped",
                new Step.Switch(
                    new TreeSet<>(), policy.hold(), Optional.empty(), Optional.empty(), false)));
  }

  private Optional<Plan> retire() {
    for (InstanceKey key : seen.instances()) {
      Optional<Step> step =
          isDelete
              ? Retirement.toRemove(seen, key, policy.drain())
              : Retirement.toStop(seen, key, policy.drain());
      if (step.isPresent()) {
        return Optional.of(
            plan("%s finishes what it has and stops".formatted(key.place()), step.get()));
      }
    }
    return Optional.empty();
  }

  private Optional<Plan> closeRoutes() {
    return isDelete && seen.routes().isPresent()
        ? Optional.of(plan("closing the app's routes", new Step.RemoveRoutes()))
        : Optional.empty();
  }

  private Plan settle() {
    Settled how =
        isDelete
            ? Settled.plainly(order, Phase.DELETED, "deleted; its named volumes are kept")
            : Settled.plainly(order, Phase.STOPPED, "stopped; 'start' runs it again");
    JournalEntry entry = isDelete ? seen.entry().deleted(how) : seen.entry().stopped(how);
    return plan(how.message(), new Step.Settle(entry));
  }

  private Plan plan(String message, Step step) {
    return new Plan(order, Phase.SWITCHING, message, step);
  }
}
