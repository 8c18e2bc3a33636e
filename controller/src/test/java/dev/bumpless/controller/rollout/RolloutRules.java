package dev.bumpless.controller.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.controller.rollout.Course.State;
import dev.bumpless.controller.rollout.Deed.Kind;
import dev.bumpless.controller.rollout.Moment.AppOnDevice;
import dev.bumpless.manifest.Opening;
import dev.bumpless.manifest.RolloutLimits;
import dev.bumpless.manifest.RolloutManifest;
import dev.bumpless.manifest.RolloutManifest.OnFailure;
import dev.bumpless.manifest.Wave;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What must hold after each event of one rollout in waves, whatever others do: never more under way
 * than may be, never a wave before those before it are over and its gate is open, never an order
 * while it is paused or over, nor once too many failed, and nobody asked twice without a retry.
 */
final class RolloutRules {
  private final UUID id;
  private final List<Instant> asked = new ArrayList<>();
  private final Set<DeviceId> excused = new HashSet<>();
  private Rollout was;
  private Rollout is;
  private Map<AppOnDevice, Order> orders = Map.of();
  private List<Target> fresh = List.of();
  private Deed deed = Deed.NONE;
  private Instant now = Instant.MIN;

  RolloutRules(Rollout begun) {
    this.id = begun.id();
    this.was = unasked(begun);
    this.is = was;
  }

  /** As it was before its first event. */
  private static Rollout unasked(Rollout rollout) {
    return rollout
        .withTargets(List.of())
        .withCourse(Course.begin(rollout.course().orElseThrow().manifest()));
  }

  void check(Moment after, Deed done, Instant moment) {
    was = is;
    is = after.find(id).orElseThrow();
    if (is.equals(was) && !Moment.isUnderWay(is)) {
      return;
    }
    orders = after.orders();
    deed = done;
    now = moment;
    fresh = is.targets().stream().filter(this::isAskedAnew).toList();
    fresh.forEach(target -> asked.add(target.issuedAt().orElseThrow()));
    excuses();
    states();
    freshOrders();
    windows();
    limits();
    gates();
    failures();
  }

  private boolean isAskedAnew(Target target) {
    return target.issuedAt().isPresent()
        && !target.issuedAt().equals(before(target.device()).flatMap(Target::issuedAt));
  }

  private Optional<Target> before(DeviceId device) {
    return Moment.target(was, device);
  }

  private RolloutManifest manifest() {
    return course().manifest();
  }

  private Course course() {
    return is.course().orElseThrow();
  }

  private Course courseBefore() {
    return was.course().orElseThrow();
  }

  private boolean isLook() {
    return deed.kind() == Kind.LOOK;
  }

  private Order orderOf(Target target) {
    return orders.get(new AppOnDevice(is.app(), target.device()));
  }

  /** Who lets it go on has seen those who failed; who asks again takes that back. */
  private void excuses() {
    if (deed.isTo(is, Kind.RESUME)) {
      excused.addAll(Moment.failed(was));
    } else if (deed.isTo(is, Kind.RETRY)) {
      excused.removeAll(Moment.failed(was));
    }
  }

  private void states() {
    State state = course().state();
    boolean isAgain = deed.isTo(is, Kind.RETRY, Kind.RESUME);
    if (!courseBefore().isIn(State.RUNNING) && !isAgain) {
      assertThat(fresh).as("orders of %s, which was %s", is, courseBefore().state()).isEmpty();
      assertThat(state).isIn(courseBefore().state(), State.ABORTED, State.PAUSED);
    }
    if (courseBefore().isIn(State.ABORTED) || courseBefore().isIn(State.ROLLED_BACK)) {
      assertThat(state).as("what is over stays so").isEqualTo(courseBefore().state());
    }
    if (state == State.ROLLED_BACK) {
      assertThat(manifest().onFailure()).isEqualTo(OnFailure.ROLLBACK);
    }
    if (isLook() && state == State.PAUSED) {
      assertThat(is.targets())
          .as("orders that nobody has, %s", state)
          .noneMatch(target -> target.isInFlight() && target.report().isEmpty());
    }
  }

  private void freshOrders() {
    for (Target target : fresh) {
      assertThat(target.place().wave()).as("open waves").isLessThanOrEqualTo(course().wave());
      before(target.device())
          .filter(earlier -> isUnderWay(earlier) || earlier.phase().isFinal())
          .ifPresent(earlier -> onlyByARetry(earlier, target));
      if (target.isInFlight() && !orderOf(target).waitsForNobody()) {
        assertThat(orderOf(target).opening())
            .as("what it may begin in")
            .isEqualTo(manifest().window().flatMap(w -> w.opening(target.issuedAt().get())));
      }
    }
  }

  /** One that begins while its order is being taken back may be told that it stands again. */
  private static boolean isUnderWay(Target target) {
    return target.hasBegun() && target.issued();
  }

  private void onlyByARetry(Target earlier, Target again) {
    assertThat(deed.isTo(is, Kind.RETRY)).as("%s is asked again: %s", earlier, again).isTrue();
    assertThat(attempt(again)).isGreaterThan(attempt(earlier));
  }

  private static int attempt(Target target) {
    return ((Order.Run) target.action()).revision().attempt();
  }

  private void windows() {
    if (!isLook() || manifest().window().isEmpty()) {
      return;
    }
    boolean isRunning = course().isIn(State.RUNNING);
    if (!isRunning) {
      assertThat(waiting())
          .as("orders that wait for the window, %s", course().state())
          .allMatch(target -> orderOf(target).cancelled().isPresent());
    } else if (manifest().limits().perMinute().isEmpty()) {
      assertThat(waiting())
          .as("orders that can still begin")
          .noneMatch(target -> opening(target).filter(o -> o.isOver(now)).isPresent());
    }
  }

  /** Who has an order that was not forced, and has not begun. */
  private Stream<Target> waiting() {
    return is.targets().stream()
        .filter(target -> target.isInFlight() && !target.hasBegun())
        .filter(target -> !orderOf(target).waitsForNobody());
  }

  private Optional<Opening> opening(Target target) {
    return orderOf(target).opening();
  }

  private void limits() {
    RolloutLimits limits = manifest().limits();
    Map<String, Integer> inFlight = new HashMap<>();
    is.targets().stream()
        .filter(Target::isInFlight)
        .forEach(t -> t.place().site().ifPresent(s -> inFlight.merge(s, 1, Integer::sum)));
    limits
        .inFlightPerSite()
        .ifPresent(
            most ->
                assertThat(inFlight.values())
                    .as("under way at a site")
                    .allMatch(count -> count <= most));
    limits.perMinute().ifPresent(this::perMinute);
  }

  private void perMinute(int most) {
    assertThat(asked)
        .filteredOn(at -> at.isAfter(now.minusSeconds(60)))
        .as("orders in a minute")
        .hasSizeLessThanOrEqualTo(most);
    assertThat(is.targets())
        .filteredOn(Target::isInFlight)
        .filteredOn(target -> opening(target).filter(o -> o.isAhead(now)).isPresent())
        .as("who begins when the window opens")
        .hasSizeLessThanOrEqualTo(most);
  }

  private void gates() {
    int approvals = 0;
    for (int wave = courseBefore().wave(); wave < course().wave(); wave++) {
      Wave gate = manifest().waves().get(wave);
      approvals += gate.approval() ? 1 : 0;
      if (wave == courseBefore().wave() && !gate.after().isZero()) {
        assertThat(courseBefore().settledAt().orElseThrow().plus(gate.after()))
            .as("watched")
            .isBeforeOrEqualTo(now);
      }
      over(wave);
    }
    assertThat(approvals)
        .as("gates that nobody opened")
        .isLessThanOrEqualTo(deed.isTo(is, Kind.APPROVE) ? 1 : 0);
  }

  /**
   * All of it, and of those before it, is at its end; or, where a share is said, so much of the
   * wave has succeeded that it is this share of those that are not excused and were not taken away.
   */
  private void over(int wave) {
    Optional<Integer> share = manifest().limits().success();
    if (share.isEmpty()) {
      assertThat(is.targets())
          .filteredOn(target -> target.place().wave() <= wave)
          .as("waves until %d, %s", wave, is)
          .allMatch(target -> target.phase().isFinal());
      return;
    }
    List<Target> counted =
        is.targets().stream()
            .filter(target -> target.place().wave() == wave && !Moment.isLeftOut(target))
            .filter(target -> !isExcused(target))
            .toList();
    long succeeded = counted.stream().filter(this::hasSucceeded).count();
    assertThat(100 * succeeded)
        .as("%d %% of wave %d succeeded, %s", share.get(), wave, is)
        .isGreaterThanOrEqualTo((long) share.get() * counted.size());
  }

  private boolean hasSucceeded(Target target) {
    return Moment.hasSucceeded(target, manifest().limits());
  }

  private boolean hasFailed(Target target) {
    return Moment.hasFailed(target, manifest().limits());
  }

  private boolean isExcused(Target target) {
    return hasFailed(target) && excused.contains(target.device());
  }

  /** Who let it go on with too many failures was a person, who excused them. */
  private void failures() {
    if (fresh.isEmpty()) {
      return;
    }
    for (int wave = 0; wave <= course().lastWave(); wave++) {
      int number = wave;
      boolean isOfWave = manifest().limits().failures().isPercent();
      List<Target> own =
          is.targets().stream()
              .filter(target -> !isOfWave || target.place().wave() == number)
              .filter(target -> !Moment.isLeftOut(target))
              .toList();
      long failed = own.stream().filter(t -> hasFailed(t) && !isExcused(t)).count();
      int most = manifest().limits().failures().value();
      assertThat(failed)
          .as("failures when %s were sent", fresh)
          .isLessThanOrEqualTo(isOfWave ? most * own.size() / 100 : most);
    }
  }
}
