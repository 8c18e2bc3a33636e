package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.JournalEntry.Running;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
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

  BakePlan(ObservedApp seen, Swap swap) {
    this.seen = seen;
    this.swap = swap;
    this.app = swap.app();
    this.members = swap.members();
  }

  Plan next() {
    return revive()
        .or(this::fallen)
        .or(this::probe)
        .or(this::keepWarm)
        .or(this::drainOld)
        .or(this::watchOn)
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
    for (InstanceKey key : members) {
      Optional<String> fall = Signals.fall(app, key, seen);
      if (fall.isPresent()) {
        String reason = "%s after the flip: %s".formatted(swap.revision().release(), fall.get());
        return Optional.of(
            new Plan(
                swap.order(),
                Phase.ROLLING_BACK,
                reason,
                new Step.TurnBack(new Swap.Return(Phase.ROLLED_BACK, reason, swap.order()), true)));
      }
    }
    return Optional.empty();
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
    Instant end = swap.flippedAt().orElse(seen.now()).plus(app.upgrade().bake());
    if (seen.now().isBefore(end)) {
      return Optional.of(plan(watching(), new Step.Wait(earlier(end, nextProbe()))));
    }
    return allPass ? Optional.empty() : Optional.of(plan(watching(), new Step.Wait(nextProbe())));
  }

  private Plan commit() {
    String message = "%s serves from %s".formatted(swap.revision().release(), swap.to());
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
    return app.upgrade().strategy() != Strategy.ROLLING;
  }

  private String watching() {
    Duration bake = app.upgrade().bake();
    String way =
        swap.origin().isEmpty()
            ? "nothing served before it, so there is no way back"
            : "%s is kept for the way back".formatted(swap.to().other());
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
