package dev.bumpless.controller.rollout;

import dev.bumpless.controller.problem.Problem;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.DeviceId;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** A rollout in waves has its devices to itself until each is finished there. */
record Reservations(RolloutStore store) {

  /** Throws CONFLICT that names the rollout which has one of these devices. */
  void check(AppName app, Set<DeviceId> devices) {
    check(app, devices, Optional.empty(), ", or take its devices with --supersede");
  }

  /** As {@link #check}, for what a person asks of a rollout: that takes no devices of others. */
  void checkOthers(Rollout own, Set<DeviceId> devices) {
    check(own.app(), devices, Optional.of(own.id()), "");
  }

  /**
   * Throws CONFLICT that names a newer rollout which is not over and came to one of these devices,
   * or will: its word stands until it is over, also where the device is finished with it.
   */
  void checkNewer(Rollout own, Set<DeviceId> devices) {
    for (Rollout rollout : store.unfinishedAfter(own)) {
      rollout.targets().stream()
          .map(Target::device)
          .filter(devices::contains)
          .findFirst()
          .ifPresent(device -> refuseOlder(own, rollout, device));
    }
  }

  /**
   * The devices of newer rollouts in waves that are open, also those which are finished there: what
   * goes back by itself leaves them to the newer.
   */
  Set<DeviceId> plannedSince(Rollout own) {
    return store.unfinishedAfter(own).stream()
        .filter(Rollout::isOpen)
        .flatMap(rollout -> rollout.targets().stream())
        .map(Target::device)
        .collect(Collectors.toSet());
  }

  private void check(AppName app, Set<DeviceId> devices, Optional<UUID> except, String orElse) {
    for (Rollout rollout : store.unfinished(Optional.of(app))) {
      if (!except.equals(Optional.of(rollout.id()))) {
        rollout.reserved().stream()
            .filter(devices::contains)
            .findFirst()
            .ifPresent(device -> refuse(rollout, device, orElse));
      }
    }
  }

  private static void refuse(Rollout rollout, DeviceId device, String orElse) {
    String name = rollout.name().map(Object::toString).orElse("");
    throw Problem.of(
        Problem.Code.CONFLICT,
        "%s is %s and has app %s on device %s"
            .formatted(
                rollout.title(), rollout.course().orElseThrow().state(), rollout.app(), device),
        "wait for it (bumpless rollout status %s), or end it (rollout abort %s)%s"
            .formatted(name, name, orElse));
  }

  private static void refuseOlder(Rollout own, Rollout newer, DeviceId device) {
    String name = newer.name().map(Object::toString).orElse(newer.app().value());
    throw Problem.of(
        Problem.Code.CONFLICT,
        "%s is newer than %s, is not over and came to device %s"
            .formatted(newer.title(), own.title(), device),
        "wait for it (bumpless rollout status %s)%s"
            .formatted(name, newer.isOpen() ? ", or end it (rollout abort " + name + ")" : ""));
  }
}
