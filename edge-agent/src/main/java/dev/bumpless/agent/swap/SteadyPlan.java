package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.JournalEntry.Running;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.UpgradePolicy;
import dev.bumpless.protocol.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * No order is open: what is left over goes, what serves is kept running and watched, seldom. Of
 * several instances one that is dead or fails its probes is sent nothing until it is healthy again;
 * the last one stays in the table, whatever it does.
 */
final class SteadyPlan {
  private final OrderRef order;
  private final ObservedApp seen;
  private final String defaultAddress;
  private final Settled last;
  private final Optional<Running> running;
  private final UpgradePolicy policy;

  SteadyPlan(OrderRef order, ObservedApp seen, String defaultAddress) {
    this.order = order;
    this.seen = seen;
    this.defaultAddress = defaultAddress;
    this.last = seen.entry().last().orElseThrow();
    this.running =
        seen.entry().current().filter(c -> seen.servingSlot().filter(s -> s != c.slot()).isEmpty());
    this.policy = running.map(r -> r.release().app().upgrade()).orElse(UpgradePolicy.DEFAULT);
  }

  Plan next() {
    return trouble()
        .or(this::dropTheDead)
        .or(this::heal)
        .or(this::promote)
        .or(this::tidy)
        .or(this::tidyRoutes)
        .or(this::bringBack)
        .or(this::forgetRoutes)
        .or(this::collect)
        .or(this::watch)
        .orElseGet(() -> rest(seen.now().plus(Pace.GENTLE)));
  }

  private Optional<Plan> trouble() {
    return seen.notes()
        .trouble()
        .filter(t -> seen.now().isBefore(t.retryAt()))
        .map(
            t ->
                new Plan(
                    order,
                    phaseWhileTidying(),
                    last.message() + "; but " + t.told(seen),
                    new Step.Wait(t.retryAt())));
  }

  private Optional<Plan> tidy() {
    for (InstanceKey key : seen.instances()) {
      if (!belongs(key)) {
        Optional<Step> step = Retirement.toRemove(seen, key, policy.drain());
        if (step.isPresent()) {
          return Optional.of(
              new Plan(
                  order,
                  phaseWhileTidying(),
                  "%s; removing %s".formatted(last.message(), key.place()),
                  step.get()));
        }
      }
    }
    return Optional.empty();
  }

  private boolean belongs(InstanceKey key) {
    return seen.serving().contains(key)
        || running
            .filter(r -> r.slot() == key.slot() && key.number() < r.release().app().replicas())
            .isPresent();
  }

  /** The end of an order is told when nothing of it is left, or that takes too long. */
  private Phase phaseWhileTidying() {
    boolean isStubborn =
        seen.notes().trouble().filter(t -> t.tries() >= ForwardPlan.MOST_TRIES).isPresent();
    if (seen.notes().isAnnounced() || isStubborn) {
      return last.phase();
    }
    return switch (last.phase()) {
      case COMMITTED -> Phase.BAKING;
      case ROLLED_BACK -> Phase.ROLLING_BACK;
      default -> last.phase();
    };
  }

  /** What never came to serve leaves no listeners. */
  private Optional<Plan> forgetRoutes() {
    return seen.serving().isEmpty() && running.isEmpty() && seen.routes().isPresent()
        ? Optional.of(new Plan(order, phaseWhileTidying(), last.message(), new Step.RemoveRoutes()))
        : Optional.empty();
  }

  private Optional<Plan> collect() {
    return seen.notes().isCollected()
        ? Optional.empty()
        : Optional.of(plan(last.message(), new Step.CollectImages()));
  }

  private Optional<Plan> dropTheDead() {
    SortedSet<InstanceKey> alive = new TreeSet<>(seen.serving());
    alive.removeIf(this::isDown);
    return alive.isEmpty() || alive.size() == seen.serving().size()
        ? Optional.empty()
        : Optional.of(plan("taking out what does not answer", flipTo(alive)));
  }

  private boolean isDown(InstanceKey key) {
    return !seen.runs(key) || seen.notes().of(key).pulse().filter(Pulse::isFallen).isPresent();
  }

  private Optional<Plan> heal() {
    for (InstanceKey key : members()) {
      Optional<App> app = app();
      if (app.isPresent() && seen.of(key).size() < app.get().containers().size()) {
        Running now = running.orElseThrow();
        return Optional.of(
            plan(
                "%s lacks a container: creating it".formatted(key.place()),
                new Step.Create(now.release().app(), labelled(key, now), key)));
      }
      if (seen.isDown(key)) {
        return startAgain(key);
      }
      if (seen.notes().hasStarted(key)
          && app().filter(Cargo::isRestartedByEngine).isPresent()
          && !seen.notes().of(key).isKeptAlive()
          && seen.isAlive(key)) {
        return Optional.of(
            plan("having the engine restart " + key.place(), new Step.KeepAlive(key, true)));
      }
    }
    return Optional.empty();
  }

  private Optional<Plan> promote() {
    return seen.serving().stream()
        .filter(key -> running.filter(r -> r.slot() == key.slot()).isPresent())
        .flatMap(key -> Promotion.due(seen, app().orElseThrow(), key).stream())
        .findFirst()
        .map(step -> plan("having what serves act, after a start that left it passive", step));
  }

  /** What it has of containers says which attempt it is. */
  private dev.bumpless.protocol.Revision labelled(InstanceKey key, Running now) {
    return seen.of(key).stream()
        .map(ObservedContainer::revision)
        .findFirst()
        .orElse(now.revision());
  }

  /** At most every 30 s: what dies at once must not keep the device busy. */
  private Optional<Plan> startAgain(InstanceKey key) {
    Optional<Instant> again = seen.notes().of(key).startedAt().map(at -> at.plus(Pace.GENTLE));
    String message = "%s is down: starting it".formatted(key.place());
    if (again.isPresent() && seen.now().isBefore(again.get())) {
      return Optional.of(plan(message + " again soon", new Step.Wait(again.get())));
    }
    return Optional.of(plan(message, new Step.Start(key)));
  }

  private Optional<Plan> tidyRoutes() {
    SortedSet<InstanceKey> members = members();
    if (app().isEmpty() || members.isEmpty() || !members.stream().allMatch(seen::exists)) {
      return Optional.empty();
    }
    members.addAll(seen.serving());
    RoutePlan wanted = RoutePlan.of(app().get(), members, seen, defaultAddress);
    return wanted.isIn(seen.routes())
        ? Optional.empty()
        : Optional.of(plan(last.message(), wanted.define()));
  }

  private Optional<Plan> bringBack() {
    SortedSet<InstanceKey> back = new TreeSet<>(seen.serving());
    for (InstanceKey key : members()) {
      int needed = app().map(a -> a.probe().healthyAfter()).orElse(1);
      if (seen.runs(key) && seen.notes().passes(key) >= needed) {
        back.add(key);
      }
    }
    return back.equals(seen.serving())
        ? Optional.empty()
        : Optional.of(plan("taking in what is healthy again", flipTo(back)));
  }

  private Optional<Plan> watch() {
    SortedSet<InstanceKey> members = members();
    if (app().isEmpty() || members.isEmpty()) {
      return Optional.empty();
    }
    Instant due = Pace.every(interval(members), members, seen);
    String message =
        members.stream()
            .flatMap(k -> complaint(k).stream())
            .findFirst()
            .map(c -> last.message() + "; but " + c)
            .orElse(last.message());
    return Optional.of(
        plan(
            message,
            seen.now().isBefore(due)
                ? new Step.Wait(due)
                : new Step.Probe(app().get(), members, false)));
  }

  private Optional<String> complaint(InstanceKey key) {
    return seen.notes()
        .of(key)
        .pulse()
        .filter(p -> p.failures() > 0)
        .map(p -> "%s: %s".formatted(key.place(), p.message()));
  }

  private Duration interval(SortedSet<InstanceKey> members) {
    boolean isWell =
        seen.serving().containsAll(members)
            && members.stream().allMatch(key -> seen.notes().passes(key) > 0);
    return isWell ? Pace.GENTLE : app().orElseThrow().probe().interval();
  }

  /** What should serve; also where the router has lost its table. */
  private SortedSet<InstanceKey> members() {
    if (seen.entry().isStopped() && seen.serving().isEmpty()) {
      return new TreeSet<>();
    }
    return running
        .map(r -> Swap.members(r.release().app(), r.slot()))
        .orElseGet(() -> new TreeSet<>(seen.serving()));
  }

  private Optional<App> app() {
    return running.map(r -> r.release().app());
  }

  private Step flipTo(SortedSet<InstanceKey> serving) {
    return new Step.Switch(serving, policy.hold(), Optional.empty(), Optional.empty(), false);
  }

  private Plan rest(Instant until) {
    return plan(last.message(), new Step.Wait(until));
  }

  private Plan plan(String message, Step step) {
    return new Plan(order, last.phase(), message, step);
  }
}
