package dev.bumpless.controller.rollout;

import dev.bumpless.controller.rollout.Course.State;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.RolloutLimits;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * All that is kept at one moment, and what that means, in a test's own words.
 *
 * @param orders the newest of each app on each device
 */
record Moment(List<Rollout> newestFirst, Map<AppOnDevice, Order> orders) {
  static final Moment BEGINNING = new Moment(List.of(), Map.of());

  record AppOnDevice(AppName app, DeviceId device) {}

  static Moment of(Desk desk, Collection<AppName> apps) {
    Map<AppOnDevice, Order> orders = new HashMap<>();
    for (AppName app : apps) {
      desk.orderStore.ordersFor(app).stream()
          .map(StoredOrder::order)
          .forEach(order -> orders.put(new AppOnDevice(app, order.device()), order));
    }
    return new Moment(desk.rolloutStore.recent(Optional.empty(), Integer.MAX_VALUE), orders);
  }

  Optional<Rollout> find(UUID id) {
    return newestFirst.stream().filter(rollout -> rollout.id().equals(id)).findFirst();
  }

  List<Rollout> inWaves() {
    return newestFirst.stream().filter(rollout -> rollout.course().isPresent()).toList();
  }

  /** Of the same app, those that were planned after it. */
  List<Rollout> newerThan(Rollout own) {
    return newestFirst.stream()
        .takeWhile(rollout -> !rollout.id().equals(own.id()))
        .filter(rollout -> rollout.app().equals(own.app()))
        .toList();
  }

  /** Names of the rollouts in waves that have one of these devices. */
  Set<String> holders(AppName app, Set<DeviceId> devices) {
    return inWaves().stream()
        .filter(rollout -> rollout.app().equals(app) && isOpen(rollout))
        .filter(rollout -> rollout.targets().stream().anyMatch(t -> isLeft(t, devices)))
        .map(Rollout::title)
        .collect(Collectors.toSet());
  }

  private static boolean isLeft(Target target, Set<DeviceId> devices) {
    return devices.contains(target.device()) && !target.phase().isFinal();
  }

  /** Where a device stands in a rollout. */
  static Optional<Target> target(Rollout rollout, DeviceId device) {
    return rollout.targets().stream().filter(t -> t.device().equals(device)).findFirst();
  }

  /** In waves, and not at its end. */
  static boolean isOpen(Rollout rollout) {
    return rollout
        .course()
        .map(Course::state)
        .filter(state -> state == State.RUNNING || state == State.PAUSED)
        .isPresent();
  }

  /** Whether anything of it is still to come. */
  static boolean isUnderWay(Rollout rollout) {
    return isOpen(rollout) || rollout.targets().stream().anyMatch(t -> !t.phase().isFinal());
  }

  static Set<DeviceId> devices(Rollout rollout) {
    return rollout.targets().stream().map(Target::device).collect(Collectors.toSet());
  }

  /** It came to a good end, and no client had to wait too long. */
  static boolean hasSucceeded(Target target, RolloutLimits limits) {
    boolean isShort =
        target
            .report()
            .flatMap(said -> said.gap())
            .filter(gap -> limits.gap().filter(most -> gap.compareTo(most) > 0).isPresent())
            .isEmpty();
    return target.phase().isSuccess() && isShort;
  }

  /** It was taken from the rollout, or never asked. */
  static boolean isLeftOut(Target target) {
    return target.phase() == Phase.SUPERSEDED || target.phase() == Phase.CANCELLED;
  }

  static boolean hasFailed(Target target, RolloutLimits limits) {
    return target.phase().isFinal() && !isLeftOut(target) && !hasSucceeded(target, limits);
  }

  /** Those of a rollout in waves that failed. */
  static Set<DeviceId> failed(Rollout rollout) {
    RolloutLimits limits = rollout.course().orElseThrow().manifest().limits();
    return rollout.targets().stream()
        .filter(target -> hasFailed(target, limits))
        .map(Target::device)
        .collect(Collectors.toSet());
  }
}
