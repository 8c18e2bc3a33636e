package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.JournalEntry.Running;
import dev.bumpless.manifest.App;
import dev.bumpless.protocol.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The watch after the last flip. The old slot finishes what it has and is kept warm (in a rolling
 * swap: stopped) until the watch is over; a hard signal goes back at once.
 */
final class BakePlan {
  private final ObservedApp seen;
  private final Swap swap;
  private final App app;
  private final SortedSet<InstanceKey> members;
  private final String defaultAddress;

  BakePlan(ObservedApp seen, Swap swap, String defaultAddress) {
    this.seen = seen;
    this.defaultAddress = defaultAddress;
    this.swap = swap;
    this.app = swap.app();
    this.members = swap.members();
  }

  Plan next() {
    return revive()
        .or(this::fallen)
        .or(this::tooLong)
        .or(this::tooManyErrors)
        .or(this::promote)
        .or(this::probe)
        .or(this::keepWarm)
        .or(this::keepInStep)
        .or(this::drainOld)
        .or(this::watchOn)
        .or(this::weigh)
        .or(this::worse)
        .orElseGet(this::commit);
  }

  /**
   * What is wholly down when the agent wakes up, or goes down together with the old slot, may have
   * been stopped with the engine or the machine: that is no sign against the release. A container
   * that ended beside one that runs is.
   */
  private Optional<Plan> revive() {
    boolean everythingFell =
        !swap.origin().isEmpty() && swap.origin().stream().noneMatch(seen::isAlive) && isWarm();
    for (InstanceKey key : members) {
      boolean isAllDown = seen.exists(key) && !seen.isAlive(key);
      if (isAllDown && (everythingFell || !seen.notes().hasStarted(key))) {
        return Optional.of(
            plan(
                "%s is down with the engine: starting it".formatted(key.place()),
                new Step.Start(key)));
      }
    }
    return Optional.empty();
  }

  private Optional<Plan> fallen() {
    return members.stream()
        .flatMap(key -> Signals.fall(app, key, seen).stream())
        .findFirst()
        .map(
            fall ->
                Plan.failing(
                    swap, "%s after the flip: %s".formatted(swap.revision().release(), fall)));
  }

  /** The manifest may say how long clients may go without an answer. */
  private Optional<Plan> tooLong() {
    Optional<Duration> gap = swap.crossing().flatMap(Swap.Crossing::gap);
    return app.upgrade()
        .gap()
        .filter(limit -> gap.filter(g -> g.compareTo(limit) > 0).isPresent())
        .map(
            limit ->
                Plan.failing(
                    swap,
                    "clients went without an answer for %d ms, and 'upgrade.gap' allows %d ms"
                        .formatted(gap.orElseThrow().toMillis(), limit.toMillis())));
  }

  private Optional<Plan> tooManyErrors() {
    return seen.notes().trial().ofErrors(seen, swap).map(this::goBackFor);
  }

  private Plan goBackFor(Judgement judgement) {
    return Plan.failing(
        swap,
        "%s is worse than what it replaces: %s"
            .formatted(swap.revision().release(), judgement.text()));
  }

  private Optional<Plan> promote() {
    return members.stream()
        .flatMap(key -> Promotion.due(seen, app, key).stream())
        .findFirst()
        .map(step -> plan("having %s act".formatted(swap.to()), step));
  }

  /** What clients write is carried back; where that was interrupted it is begun anew. */
  private Optional<Plan> keepInStep() {
    if (!isWarm() || swap.origin().size() != 1 || members.size() != 1) {
      return Optional.empty();
    }
    return new Replication(seen, app, members.first(), swap.origin().first(), defaultAddress)
        .keptInStep()
        .map(step -> plan(watching(), step));
  }

  private Optional<Plan> probe() {
    return seen.now().isBefore(nextProbe())
        ? Optional.empty()
        : Optional.of(plan(watching(), new Step.Probe(app, members, !swap.origin().isEmpty())));
  }

  private Instant nextProbe() {
    return Pace.every(app.probe().interval(), members, seen);
  }

  /** The way back must stay short: what is warm runs. */
  private Optional<Plan> keepWarm() {
    if (!isWarm()) {
      return Optional.empty();
    }
    return swap.origin().stream()
        .filter(key -> seen.isDown(key) && !seen.notes().hasStarted(key))
        .findFirst()
        .map(key -> plan("keeping %s warm".formatted(key.place()), new Step.Start(key)));
  }

  private Optional<Plan> drainOld() {
    for (InstanceKey key : swap.origin()) {
      Optional<Step> step =
          isWarm()
              ? Retirement.drained(seen, key, app.upgrade().drain())
              : Retirement.toStop(seen, key, app.upgrade().drain());
      if (step.isPresent() && step.get() instanceof Step.Wait wait) {
        return Optional.of(plan(watching(), new Step.Wait(earlier(wait.until(), nextProbe()))));
      }
      if (step.isPresent()) {
        return Optional.of(plan(watching(), step.get()));
      }
    }
    return Optional.empty();
  }

  private Optional<Plan> watchOn() {
    boolean allPass = members.stream().allMatch(key -> seen.notes().passes(key) > 0);
    Instant end = since().plus(app.upgrade().bake());
    if (seen.now().isBefore(end)) {
      return Optional.of(plan(watching(), new Step.Wait(earlier(end, nextProbe()))));
    }
    return allPass ? Optional.empty() : Optional.of(plan(watching(), new Step.Wait(nextProbe())));
  }

  /** What had to be started again is watched anew: why it was down is not known. */
  private Instant since() {
    Instant since = swap.flippedAt().orElse(seen.now());
    for (InstanceKey key : members) {
      Instant started = seen.notes().of(key).startedAt().orElse(since);
      since = started.isAfter(since) ? started : since;
    }
    return since;
  }

  private Optional<Plan> weigh() {
    return swap.origin().isEmpty() || seen.notes().trial().memory().isPresent()
        ? Optional.empty()
        : Optional.of(plan(watching(), new Step.Weigh()));
  }

  private Optional<Plan> worse() {
    return judgement()
        .filter(Judgement::isWorse)
        .or(seen.notes().trial()::ofMemory)
        .map(this::goBackFor);
  }

  /** Empty where there is nothing to compare it with. */
  private Optional<Judgement> judgement() {
    return swap.origin().isEmpty()
        ? Optional.empty()
        : Optional.of(seen.notes().trial().ofTimes(seen, swap));
  }

  private Plan commit() {
    String message =
        "%s serves from %s%s"
            .formatted(
                swap.revision().release(),
                swap.to(),
                judgement().map(j -> "; " + j.text()).orElse(""));
    Settled settled =
        new Settled(
            swap.order(),
            Phase.COMMITTED,
            message,
            swap.crossing().flatMap(Swap.Crossing::gap),
            swap.crossing().flatMap(Swap.Crossing::hold),
            seen.notes().stepsUntil(seen.now()));
    Running running = new Running(swap.to(), swap.revision(), swap.release());
    return plan(message, new Step.Settle(seen.entry().settledOn(running, settled)));
  }

  private boolean isWarm() {
    return Cargo.isKeptWarm(app);
  }

  private String watching() {
    Duration bake = app.upgrade().bake();
    String way =
        swap.origin().isEmpty()
            ? "nothing served before it, so there is no way back"
            : "%s is kept for the way back".formatted(swap.to().other())
                + WayBack.of(seen).map(w -> ", which is " + w).orElse("");
    return "%s serves from %s and is watched for %s; %s"
        .formatted(swap.revision().release(), swap.to(), ForwardPlan.seconds(bake), way);
  }

  private Plan plan(String message, Step step) {
    return new Plan(swap.order(), Phase.BAKING, message, step);
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
