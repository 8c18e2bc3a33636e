package dev.bumpless.agent.swap;

import dev.bumpless.manifest.App;
import dev.bumpless.protocol.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Instances of the new slot from nothing to the flip: created, started, probed, made like the old
 * one, and flipped to. All at once in a blue-green swap, one in a rolling one.
 */
final class BringUpPlan {
  private final ObservedApp seen;
  private final Swap swap;
  private final App app;
  private final Optional<CarryPlan> carrying;
  private final SortedSet<InstanceKey> batch;
  private final SortedSet<InstanceKey> done;
  private final String defaultAddress;

  /**
   * @param batch what is brought up now
   * @param done what serves already
   */
  BringUpPlan(
      ObservedApp seen,
      Swap swap,
      Optional<CarryPlan> carrying,
      SortedSet<InstanceKey> batch,
      SortedSet<InstanceKey> done,
      String defaultAddress) {
    this.seen = seen;
    this.swap = swap;
    this.app = swap.app();
    this.carrying = carrying;
    this.batch = batch;
    this.done = done;
    this.defaultAddress = defaultAddress;
  }

  Plan next() {
    return create()
        .or(() -> swap.startsInHold(seen) ? Optional.empty() : start().or(() -> probe()))
        .or(() -> tellRouter())
        .or(this::carry)
        .orElseGet(() -> cross());
  }

  private Optional<Plan> carry() {
    return carrying
        .flatMap(CarryPlan::next)
        .map(
            next ->
                next.step()
                    .map(step -> plan(next.phase(), next.message(), step))
                    .orElseGet(() -> Plan.failing(swap, next.message())));
  }

  private Optional<Plan> create() {
    return batch.stream()
        .filter(key -> seen.of(key).size() < app.containers().size())
        .filter(key -> !seen.notes().hasStarted(key))
        .findFirst()
        .map(
            key ->
                plan(
                    Phase.STAGED,
                    "creating " + key.place(),
                    new Step.Create(app, swap.revision(), key)));
  }

  private Optional<Plan> start() {
    return batch.stream()
        .filter(key -> !seen.notes().hasStarted(key))
        .findFirst()
        .map(key -> plan(Phase.STARTING, "starting " + key.place(), new Step.Start(key)));
  }

  private Optional<Plan> probe() {
    SortedSet<InstanceKey> unready = new TreeSet<>();
    for (InstanceKey key : batch) {
      Optional<String> death = Signals.death(app, key, seen);
      if (death.isPresent()) {
        return Optional.of(Plan.failing(swap, death.get()));
      }
      if (!isReady(key)) {
        unready.add(key);
      }
    }
    if (unready.isEmpty()) {
      return Optional.empty();
    }
    InstanceKey slowest = unready.first();
    if (!seen.now().isBefore(deadline(slowest)) && !lacksProbes(slowest)) {
      return Optional.of(Plan.failing(swap, late(slowest)));
    }
    Instant due = Pace.whileStarting(app.probe(), unready, seen);
    if (seen.now().isBefore(due)) {
      return Optional.of(plan(Phase.PROBING, probing(slowest), new Step.Wait(due)));
    }
    SortedSet<InstanceKey> asked = new TreeSet<>(unready);
    asked.addAll(done);
    return Optional.of(
        plan(
            Phase.PROBING, probing(slowest), new Step.Probe(app, asked, !swap.origin().isEmpty())));
  }

  private boolean isReady(InstanceKey key) {
    return seen.runs(key)
        && seen.notes().passes(key) >= app.probe().healthyAfter()
        && !Signals.isUnhealthy(key, seen);
  }

  /**
   * Whether it was not asked at all, or answers and was not asked often enough: on a device that
   * was too busy to ask in time. The first probe that fails settles it.
   */
  private boolean lacksProbes(InstanceKey key) {
    Optional<Pulse> pulse = seen.notes().of(key).pulse();
    int passes = seen.notes().passes(key);
    return seen.runs(key)
        && (pulse.isEmpty() || (passes > 0 && passes < app.probe().healthyAfter()));
  }

  private Instant deadline(InstanceKey key) {
    return seen.notes().of(key).startedAt().orElse(seen.now()).plus(app.probe().startWithin());
  }

  private String late(InstanceKey key) {
    return "%s was not healthy within %s of its start: %s"
        .formatted(key.place(), ForwardPlan.seconds(app.probe().startWithin()), lastProbe(key));
  }

  private String probing(InstanceKey key) {
    return "probing %s: %s".formatted(key.place(), lastProbe(key));
  }

  private String lastProbe(InstanceKey key) {
    return Signals.isUnhealthy(key, seen)
        ? "its image's own health check fails"
        : seen.notes().of(key).pulse().map(Pulse::message).orElse("not asked yet");
  }

  private Optional<Plan> tellRouter() {
    SortedSet<InstanceKey> known = new TreeSet<>(done);
    known.addAll(batch);
    RoutePlan routes = RoutePlan.of(app, known, seen, defaultAddress).beside(seen);
    return routes.isIn(seen.routes())
        ? Optional.empty()
        : Optional.of(plan(Phase.SWITCHING, "telling the router of " + swap.to(), routes.define()));
  }

  /** Everything slow comes before the hold, but what can only be inside. */
  private Plan cross() {
    SortedSet<InstanceKey> known = new TreeSet<>(done);
    known.addAll(batch);
    for (InstanceKey key : batch) {
      if (Cargo.isRestartedByEngine(app) && !seen.notes().of(key).isKeptAlive()) {
        return plan(
            Phase.SWITCHING,
            "having the engine restart " + key.place(),
            new Step.KeepAlive(key, true));
      }
    }
    SortedSet<InstanceKey> after = after(known);
    boolean isFirst = swap.origin().isEmpty() && seen.serving().isEmpty();
    return plan(
        Phase.SWITCHING,
        "flipping to " + swap.to(),
        new Step.Switch(
            after,
            app.upgrade().hold(),
            inside(),
            Optional.of(swap.crossingFrom(seen.serving())),
            isFirst ? Optional.empty() : Optional.of(app),
            after.equals(swap.members())));
  }

  private List<HeldStep> inside() {
    if (carrying.isPresent()) {
      return carrying.get().inside();
    }
    List<HeldStep> steps = new ArrayList<>();
    if (app.replicas() == 1) {
      CarryPlan.addPromotion(steps, app, swap.members().first());
    }
    return steps;
  }

  /**
   * Who serves after this flip: the new ones that are ready, and old ones for those that are not.
   */
  private SortedSet<InstanceKey> after(SortedSet<InstanceKey> ready) {
    SortedSet<InstanceKey> after = new TreeSet<>(ready);
    int open = swap.isRolling() ? app.replicas() - ready.size() : 0;
    TreeSet<InstanceKey> old = new TreeSet<>(seen.serving());
    old.removeIf(swap::isOurs);
    for (InstanceKey key : old.descendingSet()) {
      if (open-- > 0) {
        after.add(key);
      }
    }
    return after;
  }

  private Plan plan(Phase phase, String message, Step step) {
    return new Plan(swap.order(), phase, message, step);
  }
}
