package dev.bumpless.controller.rollout;

import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.release.ReleaseService;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.DeviceReport.Inventory;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.ReleaseNeeds;
import dev.bumpless.protocol.Revision;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which devices lack disk or memory for a release, as far as their newest reports tell. Those may
 * be ten minutes old, and older where a device is away: so nothing is refused for it here, the
 * device looks for itself when its order comes.
 *
 * <p>Made anew for each question, as it remembers releases; for one thread.
 */
final class Shortages {
  private final RolloutStore store;
  private final ReleaseService releases;
  private final Map<ReleaseId, Set<String>> images = new HashMap<>();

  Shortages(RolloutStore store, ReleaseService releases) {
    this.store = store;
    this.releases = releases;
  }

  /**
   * What the device would say, and by which report; empty where nothing speaks against it, or
   * nothing is known.
   *
   * @param release that is brought; empty where it would be made
   */
  Optional<String> on(Device device, ReleaseNeeds needs, Optional<ReleaseId> release) {
    Optional<DeviceReport> known =
        device.report().filter(r -> !r.inventory().platform().equals(Inventory.UNKNOWN));
    if (known.isEmpty()) {
      return Optional.empty();
    }
    AppName app = needs.app().name();
    AppHistory history = store.history(device.id(), app);
    Optional<Revision> serving = device.app(app).flatMap(AppReport::serving);
    if (release
        .map(id -> history.next(id, false))
        .filter(r -> serving.equals(Optional.of(r)))
        .isPresent()) {
      return Optional.empty();
    }
    DeviceReport report = known.get();
    Set<String> there = imagesOn(report, serving.flatMap(any -> history.previous()));
    return shortage(
            needs,
            report.inventory(),
            image -> !there.contains(image.pullName()),
            serving.isPresent())
        .map(why -> "by its report of %s %s".formatted(report.at(), why));
  }

  /** What is 0 the device could not find out. */
  private static Optional<String> shortage(
      ReleaseNeeds needs, Inventory inventory, Predicate<ImageRef> isMissing, boolean isServed) {
    long disk = inventory.freeDiskBytes();
    long memory = inventory.availableMemoryBytes();
    Optional<String> ofDisk =
        disk == 0 ? Optional.empty() : needs.diskShortage(isMissing, inventory.platform(), disk);
    return ofDisk.isPresent() || memory == 0
        ? ofDisk
        : needs.memoryShortage(needs.instances(isServed), memory);
  }

  /**
   * By the names that they are pulled by.
   *
   * @param previous whose images the device keeps for the way back
   */
  private Set<String> imagesOn(DeviceReport report, Optional<ReleaseId> previous) {
    Stream<ReleaseId> serving =
        report.apps().stream().flatMap(app -> app.serving().stream()).map(Revision::release);
    return Stream.concat(serving, previous.stream())
        .flatMap(id -> images.computeIfAbsent(id, this::imagesOf).stream())
        .collect(Collectors.toSet());
  }

  private Set<String> imagesOf(ReleaseId release) {
    return releases.find(release).stream()
        .flatMap(stored -> stored.release().app().containers().stream())
        .map(Container::image)
        .map(ImageRef::pullName)
        .collect(Collectors.toSet());
  }
}
