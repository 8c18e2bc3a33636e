package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.JournalEntry.Running;
import dev.bumpless.agent.swap.Notes.Stage;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
import dev.bumpless.protocol.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A swap on its way to the last flip. Until the first flip nothing that serves is touched, and
 * every failure only removes what was prepared.
 *
 * <p>Blue-green prepares all instances and flips once. Rolling prepares one, flips one of the old
 * ones out for it, stops that one, and goes on: at most one instance more than the larger of the
 * two numbers of replicas runs. The old ones stay, stopped, until the bake is over.
 */
final class ForwardPlan {
  static final int MOST_TRIES = 5;
  static final int MOST_PULLS = 7;
  static final int MOST_LIVES = 5;

  private final ObservedApp seen;
  private final Swap swap;
  private final App app;
  private final String defaultAddress;
  private final Optional<CarryPlan> carrying;

  ForwardPlan(ObservedApp seen, Swap swap, String defaultAddress) {
    this.seen = seen;
    this.swap = swap;
    this.app = swap.app();
    this.defaultAddress = defaultAddress;
    this.carrying = CarryPlan.of(seen, swap, defaultAddress);
  }

  Plan next() {
    return hopeless()
        .or(this::keepServing)
        .or(this::resume)
        .or(this::trouble)
        .orElseGet(
            () ->
                switch (stage()) {
                  case NONE, CLEANING -> clean();
                  case PULLING ->
                      plan(
                          Phase.PULLING,
                          "pulling the images of " + swap.revision().release(),
                          new Step.Pull(swap.order(), app));
                  case STAGED -> prepare();
                });
  }

  /**
   * What the engine does not restart the agent does, also what a life of the agent has stopped
   * inside a hold and then died; never beside the other one where only one may run.
   */
  private Optional<Plan> keepServing() {
    App old = CarryPlan.before(seen, swap);
    for (InstanceKey key : seen.serving()) {
      boolean isEngines = Cargo.isRestartedByEngine(old) && !Cargo.isAlone(app);
      if (swap.isOurs(key) || isEngines) {
        continue;
      }
      Optional<Step> step =
          seen.isDown(key) && !seen.notes().hasStarted(key)
              ? Optional.of(ours().orElseGet(() -> new Step.Start(key)))
              : Promotion.due(seen, old, key);
      if (step.isPresent()) {
        return step.map(s -> plan(phase(), "having %s serve again".formatted(key.place()), s));
      }
    }
    return Optional.empty();
  }

  /** Stops what runs of the new slot, where it must not run beside the other. */
  private Optional<Step> ours() {
    return swap.members().stream()
        .filter(key -> Cargo.isAlone(app) && seen.isAlive(key))
        .findFirst()
        .map(Step.Stop::new);
  }

  private Phase phase() {
    return seen.notes().phase().orElse(Phase.PREFLIGHT);
  }

  /** A life that did not begin the swap begins it again, unless a flip was intended already. */
  private Optional<Plan> resume() {
    if (seen.notes().stage() != Stage.NONE || swap.crossing().isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        swap.lives() >= MOST_LIVES
            ? fail("the agent died %d times in the middle of this swap".formatted(swap.lives()))
            : plan(
                Phase.PREFLIGHT,
                "the agent was restarted in the middle of this swap and begins it again",
                new Step.Begin(swap.again())));
  }

  private Stage stage() {
    return swap.crossing().isPresent() ? Stage.STAGED : seen.notes().stage();
  }

  /** What cannot be mended, or was not for long. */
  private Optional<Plan> hopeless() {
    boolean isBaking = swap.flippedAt().isPresent();
    int most = stage() == Stage.PULLING ? MOST_PULLS : MOST_TRIES;
    return seen.notes()
        .trouble()
        .filter(t -> !isBaking && (t.isPermanent() || t.tries() >= most))
        .map(t -> fail(t.message()));
  }

  private Optional<Plan> trouble() {
    return seen.notes()
        .trouble()
        .filter(t -> seen.now().isBefore(t.retryAt()))
        .map(
            t ->
                plan(
                    phase(),
                    "%s; try %d follows".formatted(t.message(), t.tries() + 1),
                    new Step.Wait(t.retryAt())));
  }

  private Plan clean() {
    for (InstanceKey key : seen.instances()) {
      if (swap.isOurs(key) && !seen.serving().contains(key) && !isReusable(key)) {
        Optional<Step> step = Retirement.toRemove(seen, key, app.upgrade().drain());
        if (step.isPresent()) {
          return plan(Phase.PREFLIGHT, "removing what was left over in " + swap.to(), step.get());
        }
      }
    }
    int all = isRolling() && !seen.serving().isEmpty() ? 1 : app.replicas();
    int more = startsInHold() ? 0 : all;
    return plan(
        Phase.PREFLIGHT,
        "asking whether this device can take " + swap.revision().release(),
        new Step.Check(swap.release(), more));
  }

  /** An app that was stopped is started again from the containers that it has. */
  private boolean isReusable(InstanceKey key) {
    return swap.members().contains(key)
        && seen.serving().isEmpty()
        && seen.entry().current().map(Running::revision).filter(swap.revision()::equals).isPresent()
        && seen.of(key).stream().allMatch(c -> c.revision().equals(swap.revision()));
  }

  private Plan prepare() {
    SortedSet<InstanceKey> done = new TreeSet<>(swap.members());
    done.retainAll(seen.serving());
    SortedSet<InstanceKey> pending = new TreeSet<>(swap.members());
    pending.removeAll(done);
    if (pending.isEmpty() && done.size() == seen.serving().size()) {
      return swap.flippedAt().isPresent()
          ? new BakePlan(seen, swap, defaultAddress).next()
          : plan(Phase.SWITCHING, "noting the flip", new Step.StartBake(swap));
    }
    for (InstanceKey key : done) {
      Optional<String> fall = Signals.fall(app, key, seen);
      if (fall.isPresent()) {
        return fail(fall.get());
      }
    }
    return makeRoom().orElseGet(() -> bringUp(batch(pending), done));
  }

  /** In a rolling swap, what was flipped out stops before the next one starts. */
  private Optional<Plan> makeRoom() {
    if (!isRolling()) {
      return Optional.empty();
    }
    return swap.origin().stream()
        .filter(key -> !seen.serving().contains(key))
        .flatMap(
            key ->
                Retirement.toStop(seen, key, app.upgrade().drain())
                    .map(
                        step ->
                            plan(
                                Phase.SWITCHING,
                                key.place() + " finishes what it has and stops",
                                step))
                    .stream())
        .findFirst();
  }

  private SortedSet<InstanceKey> batch(SortedSet<InstanceKey> pending) {
    boolean oneByOne = isRolling() && !(seen.serving().isEmpty() && swap.origin().isEmpty());
    return oneByOne && !pending.isEmpty() ? new TreeSet<>(pending.headSet(next(pending))) : pending;
  }

  private static InstanceKey next(SortedSet<InstanceKey> pending) {
    InstanceKey first = pending.first();
    return new InstanceKey(first.app(), first.slot(), first.number() + 1);
  }

  private Plan bringUp(SortedSet<InstanceKey> batch, SortedSet<InstanceKey> done) {
    return create(batch)
        .or(
            () ->
                startsInHold()
                    ? Optional.empty()
                    : leaveAlone().or(() -> start(batch)).or(() -> probe(batch, done)))
        .or(() -> tellRouter(batch, done))
        .or(this::carry)
        .orElseGet(() -> cross(batch, done));
  }

  /** The old one stops for it first, and that is inside the hold. */
  private boolean startsInHold() {
    return Cargo.isAlone(app) && carrying.isPresent();
  }

  /** Where only one may run, what is left of another and does not serve stops first. */
  private Optional<Plan> leaveAlone() {
    if (!Cargo.isAlone(app)) {
      return Optional.empty();
    }
    return seen.instances().stream()
        .filter(key -> !swap.isOurs(key))
        .flatMap(key -> Retirement.toStop(seen, key, app.upgrade().drain()).stream())
        .findFirst()
        .map(step -> plan(Phase.STARTING, "what may not run beside it stops first", step));
  }

  private Optional<Plan> carry() {
    return carrying
        .flatMap(CarryPlan::next)
        .map(
            next ->
                next.step()
                    .map(step -> plan(next.phase(), next.message(), step))
                    .orElseGet(() -> fail(next.message())));
  }

  private Optional<Plan> create(SortedSet<InstanceKey> batch) {
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

  private Optional<Plan> start(SortedSet<InstanceKey> batch) {
    return batch.stream()
        .filter(key -> !seen.notes().hasStarted(key))
        .findFirst()
        .map(key -> plan(Phase.STARTING, "starting " + key.place(), new Step.Start(key)));
  }

  private Optional<Plan> probe(SortedSet<InstanceKey> batch, SortedSet<InstanceKey> done) {
    SortedSet<InstanceKey> unready = new TreeSet<>();
    for (InstanceKey key : batch) {
      Optional<String> death = Signals.death(app, key, seen);
      if (death.isPresent()) {
        return Optional.of(fail(death.get()));
      }
      if (!isReady(key)) {
        unready.add(key);
      }
    }
    if (unready.isEmpty()) {
      return Optional.empty();
    }
    InstanceKey slowest = unready.first();
    if (!seen.now().isBefore(deadline(slowest))) {
      return Optional.of(fail(late(slowest)));
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

  private Instant deadline(InstanceKey key) {
    return seen.notes().of(key).startedAt().orElse(seen.now()).plus(app.probe().startWithin());
  }

  private String late(InstanceKey key) {
    return "%s was not healthy within %s of its start: %s"
        .formatted(key.place(), seconds(app.probe().startWithin()), lastProbe(key));
  }

  private String probing(InstanceKey key) {
    return "probing %s: %s".formatted(key.place(), lastProbe(key));
  }

  private String lastProbe(InstanceKey key) {
    return Signals.isUnhealthy(key, seen)
        ? "its image's own health check fails"
        : seen.notes().of(key).pulse().map(Pulse::message).orElse("not asked yet");
  }

  private Optional<Plan> tellRouter(SortedSet<InstanceKey> batch, SortedSet<InstanceKey> done) {
    SortedSet<InstanceKey> known = new TreeSet<>(done);
    known.addAll(batch);
    RoutePlan routes = RoutePlan.of(app, known, seen, defaultAddress).beside(seen);
    return routes.isIn(seen.routes())
        ? Optional.empty()
        : Optional.of(plan(Phase.SWITCHING, "telling the router of " + swap.to(), routes.define()));
  }

  /** Everything slow comes before the hold, but what can only be inside. */
  private Plan cross(SortedSet<InstanceKey> batch, SortedSet<InstanceKey> done) {
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
    int open = isRolling() ? app.replicas() - ready.size() : 0;
    TreeSet<InstanceKey> old = new TreeSet<>(seen.serving());
    old.removeIf(swap::isOurs);
    for (InstanceKey key : old.descendingSet()) {
      if (open-- > 0) {
        after.add(key);
      }
    }
    return after;
  }

  private boolean isRolling() {
    return app.upgrade().strategy() == Strategy.ROLLING;
  }

  private Plan fail(String reason) {
    return plan(
        Phase.ROLLING_BACK,
        reason,
        new Step.TurnBack(new Swap.Return(Phase.ROLLED_BACK, reason, swap.order()), true));
  }

  private Plan plan(Phase phase, String message, Step step) {
    return new Plan(swap.order(), phase, message, step);
  }

  static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
