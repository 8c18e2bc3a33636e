package dev.bumpless.controller.rollout;

import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.problem.ProblemException;
import dev.bumpless.manifest.RolloutManifest;
import dev.bumpless.protocol.ReleaseId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is open already where a rollout in waves is asked for: it, or one that is in its way. */
record OpenRollouts(RolloutStore store, Reservations reservations) {

  /**
   * The very same where it is open, which is left as it is. One that takes over heeds no other.
   *
   * @param release that the request brings, where there is one already
   * @throws ProblemException CONFLICT that names the rollout in the way
   */
  Optional<Rollout> same(
      WaveRequest request,
      RolloutContent brought,
      Optional<ReleaseId> release,
      List<Device> devices) {
    if (request.supersede()) {
      return Optional.empty();
    }
    Optional<Rollout> open = named(request.manifest());
    if (open.isPresent()) {
      return Optional.of(same(open.get(), request.manifest(), release));
    }
    reservations.check(
        brought.app().name(), devices.stream().map(Device::id).collect(Collectors.toSet()));
    return Optional.empty();
  }

  /** The one of its name. */
  Optional<Rollout> named(RolloutManifest manifest) {
    return store.named(manifest.name()).filter(Rollout::isOpen);
  }

  private static Rollout same(Rollout open, RolloutManifest manifest, Optional<ReleaseId> release) {
    boolean isSame =
        open.course().orElseThrow().manifest().equals(manifest)
            && release.isPresent()
            && open.release().equals(release);
    if (isSame) {
      return open;
    }
    throw Problem.of(
        Problem.Code.CONFLICT,
        "another " + open.title() + " is " + open.course().get().state(),
        "end it with `bumpless rollout abort "
            + manifest.name()
            + "`, give this one another name, or take over with --supersede");
  }
}
