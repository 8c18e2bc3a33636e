package dev.bumpless.controller.rollout;

import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Port;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.DeviceReport.Inventory;
import dev.bumpless.protocol.ImagePlatforms;
import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.Release.PlatformImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the controller can know before anything is sent: ports that two apps of a device would
 * share, and images that do not exist for its processor. A start is refused for these; disk and
 * memory, which come and go, are {@link Shortages} and only told. The device looks for itself once
 * more.
 */
final class Preflight {
  private static final Optional<String> ANY = Optional.of("0.0.0.0");

  private Preflight() {}

  /**
   * @param others the releases of the other apps on that device
   */
  static void check(Release release, Device device, List<Release> others) {
    check(release.app(), release.images(), device, others);
  }

  /** As {@link #check(Release, Device, List)}, of a release that is not made yet. */
  static void check(
      App app,
      Map<String, Map<String, PlatformImage>> images,
      Device device,
      List<Release> others) {
    others.forEach(other -> checkPorts(app, other.app(), device));
    device
        .report()
        .map(DeviceReport::inventory)
        .map(Inventory::platform)
        .filter(platform -> !platform.equals(Inventory.UNKNOWN))
        .ifPresent(platform -> checkPlatform(images, device, platform));
  }

  private static void checkPorts(App app, App other, Device device) {
    for (Port port : app.ports()) {
      for (Port taken : other.ports()) {
        if (port.listen() == taken.listen() && sameAddress(port.address(), taken.address())) {
          throw Problem.of(
              Problem.Code.CONFLICT,
              "port %d of %s is taken on %s by app %s"
                  .formatted(port.listen(), app.name(), device.id(), other.name()),
              "listen on another port or address, or delete the other app there first");
        }
      }
    }
  }

  /** Whether both certainly listen on one address; the device alone knows what no address means. */
  private static boolean sameAddress(Optional<String> one, Optional<String> other) {
    return one.equals(other) || one.equals(ANY) || other.equals(ANY);
  }

  private static void checkPlatform(
      Map<String, Map<String, PlatformImage>> images, Device device, String platform) {
    for (Map.Entry<String, Map<String, PlatformImage>> image : images.entrySet()) {
      if (ImagePlatforms.choose(image.getValue().keySet(), platform).isEmpty()) {
        throw Problem.of(
            Problem.Code.UNSUPPORTED,
            "image of container '%s' is for %s, device %s is %s"
                .formatted(
                    image.getKey(),
                    String.join(", ", image.getValue().keySet().stream().sorted().toList()),
                    device.id(),
                    platform),
            "push the image for that platform too, or choose other devices");
      }
    }
  }
}
