package dev.bumpless.controller.rollout;

import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.problem.ProblemException;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.RolloutManifest;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.ReleaseNeeds;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Tells what a rollout in waves would do, by the checks that its start makes, and what devices
 * would then say by themselves. Changes nothing; any thread may ask.
 */
record Previews(OpenRollouts open, RolloutContents contents, Fleet fleet) {

  Preview of(WaveRequest request, Instant now) {
    request.refuseWhatIsOver(now);
    List<Device> devices = WavePlan.someDevices(request.manifest(), fleet);
    RolloutContent brought = contents.of(request);
    Optional<ReleaseId> release = contents.existing(brought);
    Preview alone = alone(request.manifest(), brought, release, devices, now);
    try {
      return open.same(request, brought, release, devices).map(alone::withRunning).orElse(alone);
    } catch (ProblemException e) {
      return alone.withConflict(e.problem());
    }
  }

  /** As if there were no other rollout. */
  private Preview alone(
      RolloutManifest manifest,
      RolloutContent brought,
      Optional<ReleaseId> release,
      List<Device> devices,
      Instant now) {
    AppName app = brought.app().name();
    String name = release.map(ReleaseId::toString).orElse(app + "@new");
    boolean isShut =
        manifest.window().isPresent() && manifest.window().get().openUntil(now).isEmpty();
    return new Preview(
        manifest,
        app,
        name,
        isShut ? manifest.window().flatMap(w -> w.openingAfter(now)) : Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        rows(
            manifest,
            brought,
            release,
            new ReleaseNeeds(name, brought.app(), brought.images()),
            devices));
  }

  private List<Preview.Row> rows(
      RolloutManifest manifest,
      RolloutContent brought,
      Optional<ReleaseId> release,
      ReleaseNeeds needs,
      List<Device> devices) {
    Shortages shortages = new Shortages(open.store(), contents.releases());
    return WavePlan.places(manifest, devices).entrySet().stream()
        .map(
            e ->
                new Preview.Row(
                    e.getKey(),
                    e.getValue(),
                    contents.problem(brought, e.getKey()),
                    shortages.on(e.getKey(), needs, release)))
        .toList();
  }
}
