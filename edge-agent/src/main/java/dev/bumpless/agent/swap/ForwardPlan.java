package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.JournalEntry.Running;
import dev.bumpless.agent.swap.Notes.Stage;
import dev.bumpless.manifest.App;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.ReleaseNeeds;
import java.time.Duration;
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
  private final Gate gate;
  private final String defaultAddress;
  private final Optional<CarryPlan> carrying;

  /**
   * @param asked the newest word on the order; another order where the swap is past its gate
   */
  ForwardPlan(ObservedApp seen, Swap swap, Order asked, String defaultAddress) {
    this.seen = seen;
    this.swap = swap;
    this.app = swap.app();
    this.gate = new Gate(swap.order(), seen, asked);
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
                  case AT_GATE -> atGate();
                  case STAGED -> prepare();
                });
  }

  /**
   * What the engine does not restart the agent does, also what a life of the agent has stopped
   * inside a hold and then died. At the gate, which may be for days, it backs off; before it some
   * failures end the swap.
   */
  private Optional<Plan> keepServing() {
    if (stage() == Stage.AT_GATE && trouble().isPresent()) {
      return Optional.empty();
    }
    App old = CarryPlan.before(seen, swap);
    for (InstanceKey key : seen.serving()) {
      boolean isEngines = Cargo.isRestartedByEngine(old) && !Cargo.isAlone(app);
      if (swap.isOurs(key) || isEngines) {
        continue;
      }
      Optional<Step> step =
          seen.isDown(key) && !seen.notes().hasStarted(key)
              ? Optional.of(new Step.Start(key))
              : Promotion.due(seen, old, key);
      if (step.isPresent()) {
        return step.map(s -> plan(phase(), "having %s serve again".formatted(key.place()), s));
      }
    }
    return Optional.empty();
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
            ? Plan.failing(
                swap, "the agent died %d times in the middle of this swap".formatted(swap.lives()))
            : plan(
                Phase.PREFLIGHT,
                "the agent was restarted in the middle of this swap and begins it again",
                new Step.Begin(swap.again())));
  }

  private Stage stage() {
    return swap.crossing().isPresent() ? Stage.STAGED : seen.notes().stage();
  }

  /** What cannot be mended, or was not for long; at the gate that is not the swap's own. */
  private Optional<Plan> hopeless() {
    boolean isNotItsOwn = swap.flippedAt().isPresent() || stage() == Stage.AT_GATE;
    int most = stage() == Stage.PULLING ? MOST_PULLS : MOST_TRIES;
    return seen.notes()
        .trouble()
        .filter(t -> !isNotItsOwn && (t.isPermanent() || t.tries() >= most))
        .map(t -> Plan.failing(swap, t.message()));
  }

  private Optional<Plan> trouble() {
    return seen.notes()
        .trouble()
        .filter(t -> seen.now().isBefore(t.retryAt()))
        .map(t -> plan(phase(), t.told(seen), new Step.Wait(t.retryAt())));
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
    int more = ReleaseNeeds.of(swap.release()).instances(!seen.serving().isEmpty());
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

  /** Deaths of the agent count anew from here: a wait may last for days, and for many of them. */
  private Plan atGate() {
    Plan next = gate.next();
    if (next.phase() != Phase.WAITING) {
      return next;
    }
    return swap.lives() > 1
        ? plan(next.phase(), next.message(), new Step.Arrive(swap.arrived()))
        : lookingAfter(next);
  }

  /** What serves is kept running and watched meanwhile, as if there were no order. */
  private Plan lookingAfter(Plan waiting) {
    if (seen.entry().last().isEmpty()) {
      return waiting;
    }
    ObservedApp tidy = seen.with(seen.notes().collected());
    Step care = new SteadyPlan(swap.order(), tidy, defaultAddress).next().step();
    boolean isLater =
        care instanceof Step.Wait until
            && waiting.step() instanceof Step.Wait wait
            && until.until().isAfter(wait.until());
    return isLater ? waiting : plan(waiting.phase(), waiting.message(), care);
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
        return Plan.failing(swap, fall.get());
      }
    }
    return makeRoom()
        .orElseGet(
            () ->
                new BringUpPlan(seen, swap, carrying, batch(pending), done, defaultAddress).next());
  }

  /** In a rolling swap, what was flipped out stops before the next one starts. */
  private Optional<Plan> makeRoom() {
    if (!swap.isRolling()) {
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
    boolean oneByOne = swap.isRolling() && !(seen.serving().isEmpty() && swap.origin().isEmpty());
    return oneByOne && !pending.isEmpty() ? new TreeSet<>(pending.headSet(next(pending))) : pending;
  }

  private static InstanceKey next(SortedSet<InstanceKey> pending) {
    InstanceKey first = pending.first();
    return new InstanceKey(first.app(), first.slot(), first.number() + 1);
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
