package dev.bumpless.controller.rollout;

import dev.bumpless.controller.audit.AuditLog;
import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.problem.ProblemException;
import dev.bumpless.controller.release.ReleaseService;
import dev.bumpless.controller.release.StoredRelease;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Opening;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Plans every unfinished rollout and does the steps, until nothing is left but to wait. Called
 * inside a transaction: what was decided on is what is in the store, and all of it is kept or
 * nothing. Its monitor is held by those who plan and steer, one at a time; it is taken before the
 * transaction, never inside one. What devices report is written without it.
 */
final class RolloutDriver {
  /** Plans of one rollout in a row, each opens a wave at most; the next look goes on from there. */
  private static final int MOST_PLANS = 500;

  private final RolloutStore store;
  private final OrderBook book;
  private final ReleaseService releases;
  private final Fleet fleet;
  private final OtherApps others;
  private final WayBack wayBack;
  private final Reservations reservations;
  private final OwnActs acts;

  RolloutDriver(
      RolloutStore store,
      OrderStore orders,
      OrderBook book,
      ReleaseService releases,
      Fleet fleet,
      AuditLog audit) {
    this.store = store;
    this.book = book;
    this.releases = releases;
    this.fleet = fleet;
    this.others = new OtherApps(orders, releases);
    this.wayBack = new WayBack(store, releases);
    this.reservations = new Reservations(store);
    this.acts = new OwnActs(audit);
  }

  /** Tells which devices a rollout is for today, with their sites. */
  interface Look {
    /** Nobody looks for devices that came later. */
    Look NONE = rollout -> Map.of();

    Map<DeviceId, Optional<String>> matching(Rollout rollout);
  }

  OtherApps others() {
    return others;
  }

  WayBack wayBack() {
    return wayBack;
  }

  /** The devices that have new orders. */
  Set<DeviceId> advance(Optional<AppName> app, Look look, Instant now) {
    Set<DeviceId> ordered = new HashSet<>();
    boolean isTakenBack = true;
    while (isTakenBack) {
      isTakenBack = pass(app, look, now, ordered);
    }
    return ordered;
  }

  /** Whether a way back began, which takes devices of the rollouts that were planned before. */
  private boolean pass(Optional<AppName> app, Look look, Instant now, Set<DeviceId> ordered) {
    List<Rollout> newestFirst = store.unfinished(app);
    Claims claims = new Claims(newestFirst);
    for (Rollout rollout : newestFirst) {
      Runner runner = new Runner(rollout, now, ordered);
      if (runner.run(claims.around(rollout, look.matching(rollout)))) {
        return true;
      }
      claims.take(rollout.app(), runner.targets.keySet());
    }
    return false;
  }

  /** Does the steps of one rollout, and knows what became of it. */
  private final class Runner implements RolloutStep.StepRunner {
    private final Rollout begun;
    private final UUID id;
    private final Instant now;
    private final Set<DeviceId> ordered;
    private final Map<DeviceId, Target> targets = new LinkedHashMap<>();
    private Optional<Course> course;
    private boolean hasChanged;
    private boolean isTakenBack;

    Runner(Rollout rollout, Instant now, Set<DeviceId> ordered) {
      this.begun = rollout;
      this.id = rollout.id();
      this.now = now;
      this.ordered = ordered;
      this.course = rollout.course();
      rollout.targets().forEach(target -> targets.put(target.device(), target));
    }

    private Rollout rollout() {
      Rollout current = begun.withTargets(List.copyOf(targets.values()));
      return course.map(current::withCourse).orElse(current);
    }

    /** Whether a way back began. */
    boolean run(Surroundings around) {
      for (int i = 0; i < MOST_PLANS && !isTakenBack; i++) {
        hasChanged = false;
        RolloutPlanner.plan(rollout(), around, now).forEach(step -> step.runWith(this));
        if (!hasChanged) {
          return false;
        }
      }
      return isTakenBack;
    }

    private void keep(Target target) {
      targets.put(target.device(), target);
      store.update(id, target);
      hasChanged = true;
    }

    private void keep(Course next) {
      course = Optional.of(next);
      store.update(id, next);
      hasChanged = true;
    }

    private Course current() {
      return course.orElseThrow();
    }

    @Override
    public void issue(RolloutStep.IssueOrder step) {
      Target target = step.target();
      Optional<Opening> opening =
          course.flatMap(c -> c.manifest().window()).flatMap(window -> window.opening(now));
      StoredOrder made = book.issue(id, target.device(), target.action(), opening, now);
      ordered.add(target.device());
      keep(target.withIssued(made.order().sequence(), now));
    }

    @Override
    public void supersede(RolloutStep.Supersede step) {
      takeBack(step.target(), "a newer rollout of the app took over");
      keep(step.target().withVerdict(Phase.SUPERSEDED, now));
    }

    @Override
    public void recall(RolloutStep.Recall step) {
      if (takeBack(step.target(), step.reason())) {
        keep(step.target().withRecalled(now));
      }
    }

    @Override
    public void expire(RolloutStep.Expire step) {
      takeBack(step.target(), step.reason());
      keep(step.target().withVerdict(Phase.EXPIRED, step.reason(), now));
    }

    @Override
    public void cancel(RolloutStep.Cancel step) {
      keep(step.target().withVerdict(Phase.CANCELLED, step.reason(), now));
    }

    @Override
    public void admit(RolloutStep.Admit step) {
      Target.Place place = new Target.Place(current().lastWave(), step.site());
      StoredRelease release = releases.require(begun.release().orElseThrow());
      Device device = fleet.require(step.device());
      AppHistory history = store.history(device.id(), begun.app());
      Order.Run run = new Order.Run(history.next(release.id(), false), release.payloadSha256());
      Target target = Target.planned(device.id(), run, place, now);
      try {
        Preflight.check(release.release(), device, others.on(device, begun.app()));
        keep(target);
      } catch (ProblemException e) {
        keep(target.withVerdict(Phase.REJECTED, e.problem().message(), now));
      }
    }

    @Override
    public void settle(RolloutStep.Settle step) {
      keep(current().settled(step.at()));
    }

    @Override
    public void openNextWave(RolloutStep.OpenNextWave step) {
      keep(current().nextWave());
      acts.opened(rollout(), now);
    }

    @Override
    public void pause(RolloutStep.Pause step) {
      keep(current().in(Course.State.PAUSED, step.reason()));
      acts.paused(rollout(), step.reason(), now);
    }

    @Override
    public void rollBack(RolloutStep.RollBack step) {
      Set<DeviceId> plannedSince = reservations.plannedSince(begun);
      keep(current().in(Course.State.ROLLED_BACK, step.reason()));
      Optional<Rollout> back = wayBack.of(rollout(), plannedSince, now);
      back.ifPresent(store::save);
      acts.rolledBack(rollout(), back, step.reason(), now);
      isTakenBack = true;
    }

    @Override
    public void finish(RolloutStep.Finish step) {
      keep(current().in(Course.State.FINISHED, ""));
      acts.finished(rollout(), now);
    }

    /**
     * What the device has not heard of is not sent; what waits there for its window is dropped,
     * also where that is of another rollout: the order that took its place is the only word of it.
     */
    private boolean takeBack(Target target, String why) {
      DeviceId device = target.device();
      boolean isUnheard = target.report().isEmpty();
      if (isUnheard && !waitsWithAnother(device)) {
        return book.withdraw(id, device, begun.app());
      }
      boolean isCancelled =
          isUnheard
              ? book.recall(id, device, begun.app(), why, now)
              : !target.hasBegun() && book.cancel(id, device, begun.app(), why, now);
      if (isCancelled) {
        ordered.add(device);
      }
      return isCancelled;
    }

    /** By its last word it has not begun with an order that is not of this rollout. */
    private boolean waitsWithAnother(DeviceId device) {
      return fleet
          .device(device)
          .flatMap(known -> known.app(begun.app()))
          .filter(said -> !said.order().equals(id) && said.phase().isStaging())
          .isPresent();
    }
  }
}
