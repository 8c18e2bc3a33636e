package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.JournalEntry.Running;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.UpgradePolicy;
import dev.bumpless.protocol.Phase;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The way back of a swap; it is never turned again. Before a flip there is nothing to do: the old
 * slot serves. After it the old instances serve again as soon as they are seen to be healthy: all
 * with one flip where they are warm, one by one where a rolling swap has stopped them.
 *
 * <p>Where none of them comes up, what serves is left serving and the swap ends INCONSISTENT.
 */
final class BackPlan {
  private final ObservedApp seen;
  private final Swap swap;
  private final Swap.Return why;
  private final SortedSet<InstanceKey> serving;
  private final Optional<CarryBack> carrying;

  BackPlan(ObservedApp seen, Swap swap, Swap.Return why, String defaultAddress) {
    this.seen = seen;
    this.carrying = CarryBack.of(seen, swap, why, defaultAddress);
    this.swap = swap;
    this.why = why;
    this.serving = seen.serving();
  }

  Plan next() {
    if (serving.stream().noneMatch(swap::isOurs)) {
      return leaveAlone().orElseGet(this::end);
    }
    return trouble()
        .or(this::backToNothing)
        .or(this::dropTheSick)
        .or(this::makeRoom)
        .or(this::bringBack)
        .orElseGet(this::stuck);
  }

  private Optional<Plan> trouble() {
    return seen.notes()
        .trouble()
        .filter(t -> seen.now().isBefore(t.retryAt()))
        .map(t -> plan(t.told(seen), new Step.Wait(t.retryAt())));
  }

  /**
   * Where only one may run, what a hold could not undo stops before the swap ends: what comes then
   * does not know that it must run alone.
   */
  private Optional<Plan> leaveAlone() {
    return seen.instances().stream()
        .filter(key -> Cargo.isAlone(swap.app()) && swap.isOurs(key) && seen.isAlive(key))
        .findFirst()
        .map(
            key ->
                trouble()
                    .orElseGet(
                        () ->
                            plan(
                                "stopping %s, which may not run beside".formatted(key.place()),
                                new Step.Stop(key))));
  }

  private Optional<Plan> backToNothing() {
    return swap.origin().isEmpty() ? Optional.of(flipTo(new TreeSet<>())) : Optional.empty();
  }

  /** Others serve beside it: no need to wait for the old ones. */
  private Optional<Plan> dropTheSick() {
    SortedSet<InstanceKey> well = new TreeSet<>(serving);
    well.removeIf(key -> swap.isOurs(key) && Signals.fall(swap.app(), key, seen).isPresent());
    return well.isEmpty() || well.size() == serving.size()
        ? Optional.empty()
        : Optional.of(flipTo(well));
  }

  /** In a rolling swap no more run on the way back than on the way there. */
  private Optional<Plan> makeRoom() {
    if (!swap.isRolling()) {
      return Optional.empty();
    }
    for (InstanceKey key : seen.instances()) {
      if (swap.isOurs(key) && !serving.contains(key)) {
        Optional<Step> step = Retirement.toRemove(seen, key, swap.app().upgrade().drain());
        if (step.isPresent()) {
          return Optional.of(plan("removing " + key.place(), step.get()));
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Plan> bringBack() {
    SortedSet<InstanceKey> candidates = new TreeSet<>(swap.origin());
    candidates.removeAll(serving);
    candidates.removeIf(this::isLost);
    if (candidates.isEmpty()) {
      return Optional.empty();
    }
    if (Cargo.isAlone(swap.app())) {
      return isHopeless() ? Optional.empty() : Optional.of(flipTo(candidates));
    }
    SortedSet<InstanceKey> batch = swap.isRolling() ? first(candidates) : candidates;
    for (InstanceKey key : batch) {
      if (seen.isDown(key)) {
        return Optional.of(plan("starting %s again".formatted(key.place()), new Step.Start(key)));
      }
    }
    return Optional.of(probe(batch).or(this::catchUp).orElseGet(() -> flipBack(batch, candidates)));
  }

  /** Where one stops for the other, inside the hold, and that fails again and again. */
  private boolean isHopeless() {
    return seen.notes().trouble().filter(t -> t.tries() >= ForwardPlan.MOST_TRIES).isPresent();
  }

  private Optional<Plan> catchUp() {
    return carrying.flatMap(
        c -> c.catchUp().map(step -> plan(why.reason() + "; " + c.progress(), step)));
  }

  /** It or a container of it is gone, died again, or does not get healthy in time. */
  private boolean isLost(InstanceKey key) {
    if (!seen.exists(key) || lacksContainer(key)) {
      return true;
    }
    if (!seen.notes().hasStarted(key)) {
      return seen.notes().of(key).pulse().filter(Pulse::isFallen).isPresent();
    }
    Instant deadline =
        seen.notes().of(key).startedAt().orElseThrow().plus(old().probe().startWithin());
    return !isReady(key) && (seen.isDown(key) || !seen.now().isBefore(deadline));
  }

  private boolean lacksContainer(InstanceKey key) {
    return seen.entry()
        .current()
        .filter(c -> seen.of(key).size() < c.release().app().containers().size())
        .isPresent();
  }

  private Optional<Plan> probe(SortedSet<InstanceKey> batch) {
    SortedSet<InstanceKey> unready = new TreeSet<>(batch);
    unready.removeIf(this::isReady);
    if (unready.isEmpty() || seen.entry().current().isEmpty()) {
      return keepAlive(batch);
    }
    String message =
        "%s; seeing whether %s can serve again".formatted(why.reason(), unready.first().place());
    Instant due = Pace.whileStarting(old().probe(), unready, seen);
    return Optional.of(
        plan(
            message,
            seen.now().isBefore(due) ? new Step.Wait(due) : new Step.Probe(old(), unready, true)));
  }

  /** What never stopped is restarted by the engine still; a rolling swap may have ended that. */
  private Optional<Plan> keepAlive(SortedSet<InstanceKey> batch) {
    return batch.stream()
        .filter(key -> seen.notes().hasStarted(key) || swap.isRolling())
        .filter(key -> Cargo.isRestartedByEngine(old()))
        .filter(key -> !seen.notes().of(key).isKeptAlive())
        .findFirst()
        .map(
            key -> plan("having the engine restart " + key.place(), new Step.KeepAlive(key, true)));
  }

  /** One pass is enough for what ran all the time. What has ended since its pass has none. */
  private boolean isReady(InstanceKey key) {
    int needed =
        seen.notes().hasStarted(key) || swap.isRolling() ? old().probe().healthyAfter() : 1;
    return seen.runs(key) && seen.notes().passes(key) >= needed;
  }

  private Plan flipBack(SortedSet<InstanceKey> batch, SortedSet<InstanceKey> candidates) {
    SortedSet<InstanceKey> after = new TreeSet<>(serving);
    after.addAll(batch);
    TreeSet<InstanceKey> ours = new TreeSet<>(serving);
    ours.removeIf(key -> !swap.isOurs(key));
    if (candidates.size() == batch.size()) {
      after.removeAll(ours);
    } else {
      after.remove(ours.last());
    }
    return flipTo(after);
  }

  /** Nothing more can be brought back: the old ones that serve do, or else what serves stays. */
  private Plan stuck() {
    SortedSet<InstanceKey> old = new TreeSet<>(serving);
    old.removeIf(swap::isOurs);
    if (!old.isEmpty()) {
      return flipTo(old);
    }
    boolean isUndo = why.ending() == Phase.COMMITTED;
    String message =
        "%s; but %s cannot serve any more, so %s stays: %s"
            .formatted(
                why.reason(),
                swap.to().other(),
                swap.revision().release(),
                isUndo ? "it is put up anew" : "apply a release that works");
    Running running = new Running(swap.to(), swap.revision(), swap.release());
    return settle(
        seen.entry()
            .settledOn(
                running,
                isUndo
                    ? settled(swap.order(), Phase.SUPERSEDED, message)
                    : settled(swap.order(), Phase.INCONSISTENT, message)));
  }

  private Plan end() {
    String reason = reason();
    String message =
        switch (why.ending()) {
          case COMMITTED -> "%s; it serves from %s".formatted(reason, swap.to().other());
          case SUPERSEDED -> reason;
          case INCONSISTENT ->
              "%s; %s serves from %s: look after what is missing there"
                  .formatted(reason, servingRelease(), swap.to().other());
          default ->
              serving.isEmpty()
                  ? "%s; nothing served before, so nothing serves now".formatted(reason)
                  : "%s; %s serves from %s, untouched"
                      .formatted(reason, servingRelease(), swap.to().other());
        };
    boolean isFailed = seen.entry().failureOf(swap.revision()).isPresent();
    JournalEntry entry = isFailed ? seen.entry().withFailed(swap.revision(), reason) : seen.entry();
    return settle(entry.settled(settled(why.order(), why.ending(), message)));
  }

  /**
   * Clients and probes may meet a death before the engine tells of it: then it is added to what
   * they met. Where only one may run it was stopped for the way back, which is no death.
   */
  private String reason() {
    if (why.ending() != Phase.ROLLED_BACK
        || Cargo.isAlone(swap.app())
        || Signals.isOfContainer(why.reason())) {
      return why.reason();
    }
    return swap.members().stream()
        .filter(seen::exists)
        .flatMap(key -> Signals.death(swap.app(), key, seen).stream())
        .findFirst()
        .map(death -> why.reason() + "; " + death)
        .orElseGet(why::reason);
  }

  private String servingRelease() {
    return seen.servingRevision().map(r -> r.release().toString()).orElse("what was there");
  }

  private Settled settled(OrderRef order, Phase phase, String message) {
    return new Settled(
        order,
        phase,
        message,
        swap.crossing().flatMap(Swap.Crossing::gap),
        swap.crossing().flatMap(Swap.Crossing::hold),
        seen.notes().stepsUntil(seen.now()));
  }

  private Plan settle(JournalEntry entry) {
    Settled last = entry.last().orElseThrow();
    return new Plan(last.order(), Phase.ROLLING_BACK, last.message(), new Step.Settle(entry));
  }

  private Plan flipTo(SortedSet<InstanceKey> after) {
    UpgradePolicy policy = swap.app().upgrade();
    Optional<CarryBack> carry = carrying.filter(c -> after.equals(swap.origin()));
    Optional<String> loss =
        why.ending() == Phase.INCONSISTENT ? Optional.empty() : carry.flatMap(CarryBack::loss);
    return plan(
        why.reason() + "; flipping back",
        new Step.Switch(
            after,
            policy.hold(),
            carry.map(CarryBack::inside).orElse(List.of()),
            Optional.of(loss.map(l -> swap.withBack(why.losing(l))).orElse(swap)),
            swap.origin().isEmpty() ? Optional.empty() : Optional.of(swap.app()),
            false));
  }

  private Plan plan(String message, Step step) {
    return new Plan(why.order(), Phase.ROLLING_BACK, message, step);
  }

  /** The manifest of what served before; the new one's stands in where the journal was lost. */
  private App old() {
    return seen.entry().current().map(c -> c.release().app()).orElseGet(swap::app);
  }

  private static SortedSet<InstanceKey> first(SortedSet<InstanceKey> keys) {
    SortedSet<InstanceKey> one = new TreeSet<>();
    one.add(keys.first());
    return one;
  }
}
