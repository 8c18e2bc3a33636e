package dev.bumpless.controller.rollout;

import dev.bumpless.controller.release.ReleaseService;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Takes a rollout in waves back: every device that was asked, and that nothing else was asked of
 * since, goes to the release that ran there before. Where none did, there is no way back.
 */
record WayBack(RolloutStore store, ReleaseService releases) {

  /**
   * The rollout that does it, at once on all of them; empty where no device has a way back.
   *
   * @param except devices that are left where they are
   */
  Optional<Rollout> of(Rollout rollout, Set<DeviceId> except, Instant now) {
    List<Target> targets =
        rollout.targets().stream()
            .filter(target -> !except.contains(target.device()))
            .flatMap(target -> back(rollout, target, now).stream())
            .toList();
    return targets.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Rollout(
                UUID.randomUUID(),
                rollout.app(),
                "undo",
                now,
                "rollout undo " + rollout.name().map(Object::toString).orElse(""),
                targets));
  }

  private Optional<Target> back(Rollout rollout, Target target, Instant now) {
    AppHistory history = store.history(target.device(), rollout.app());
    Optional<ReleaseId> here = Rollout.releaseOf(target.action());
    boolean isNewest = target.isAsked() && history.desired().map(Revision::release).equals(here);
    return isNewest
        ? history
            .previous()
            .map(
                before ->
                    new Order.Run(
                        history.next(before, false), releases.require(before).payloadSha256()))
            .map(action -> Target.planned(target.device(), action, now))
        : Optional.empty();
  }
}
