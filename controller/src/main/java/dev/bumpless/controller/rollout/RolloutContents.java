package dev.bumpless.controller.rollout;

import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.problem.Problem.Detail;
import dev.bumpless.controller.problem.ProblemException;
import dev.bumpless.controller.release.ReleaseService;
import dev.bumpless.controller.release.StoredRelease;
import dev.bumpless.manifest.RolloutSource;
import dev.bumpless.protocol.ReleaseId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds what a rollout brings, and where that would fail before anything is sent. */
record RolloutContents(ReleaseService releases, OtherApps others) {
  private static final int MOST_TOLD = 100;

  /** May ask a registry; makes nothing. */
  RolloutContent of(WaveRequest request) {
    RolloutSource source = request.manifest().app();
    if (source instanceof RolloutSource.Beside file) {
      return RolloutContent.of(releases.pin(request.beside().orElseThrow(() -> notSent(file))));
    }
    return RolloutContent.of(
        source instanceof RolloutSource.Numbered numbered
            ? releases.require(new ReleaseId(numbered.app(), numbered.counter()))
            : releases.requireNewest(((RolloutSource.Newest) source).app()));
  }

  /** The release that there is; empty where one would be made. */
  Optional<ReleaseId> existing(RolloutContent brought) {
    return brought.known().or(() -> brought.fresh().flatMap(releases::same)).map(StoredRelease::id);
  }

  /** The release that there is, or is made now. */
  StoredRelease release(RolloutContent brought, Instant now) {
    return brought
        .known()
        .orElseGet(
            () ->
                releases.release(
                    brought.fresh().orElseThrow(), "apply " + brought.app().name(), now));
  }

  private static ProblemException notSent(RolloutSource.Beside file) {
    return Problem.of(
        Problem.Code.BAD_REQUEST,
        "the rollout names the file " + file + ", and 'appManifest' is missing",
        "send the app's manifest in it, or name a release such as node-red@7");
  }

  void refuseWhatWouldFail(RolloutContent brought, List<Device> devices) {
    List<Detail> failing = new ArrayList<>();
    for (Device device : devices) {
      problem(brought, device)
          .ifPresent(why -> failing.add(new Detail(device.id().value(), 0, 0, why.message())));
    }
    if (!failing.isEmpty()) {
      throw new Problem(
              Problem.Code.CONFLICT,
              "the preflight fails on " + failing.size() + " of " + devices.size() + " devices",
              "narrow the target down, or mend what is told; nothing was sent",
              failing.subList(0, Math.min(failing.size(), MOST_TOLD)))
          .toException();
    }
  }

  Optional<Problem> problem(RolloutContent brought, Device device) {
    try {
      Preflight.check(
          brought.app(), brought.images(), device, others.on(device, brought.app().name()));
      return Optional.empty();
    } catch (ProblemException e) {
      return Optional.of(e.problem());
    }
  }
}
