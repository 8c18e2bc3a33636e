package dev.bumpless.controller.rollout;

import dev.bumpless.controller.problem.Problem;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.DeviceId;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** A rollout in waves has its devices to itself until each is finished there. */
record Reservations(RolloutStore store) {

  /** Throws CONFLICT that names the rollout which has one of these devices. */
  void check(AppName app, Set<DeviceId> devices, Optional<UUID> except) {
    for (Rollout rollout : store.unfinished(Optional.of(app))) {
      boolean isOpen = rollout.course().filter(c -> c.state().isOpen()).isPresent();
      if (isOpen && !except.equals(Optional.of(rollout.id()))) {
        rollout.targets().stream()
            .filter(target -> !target.isFinished() && devices.contains(target.device()))
            .findFirst()
            .ifPresent(target -> refuse(rollout, target));
      }
    }
  }

  private static void refuse(Rollout rollout, Target target) {
    String name = rollout.name().map(Object::toString).orElse("");
    throw Problem.of(
        Problem.Code.CONFLICT,
        "%s is %s and has app %s on device %s"
            .formatted(
                rollout.title(),
                rollout.course().orElseThrow().state(),
                rollout.app(),
                target.device()),
        "wait for it (bumpless rollout status %s), end it (rollout abort %s), or take its devices with --supersede"
            .formatted(name, name));
  }
}
