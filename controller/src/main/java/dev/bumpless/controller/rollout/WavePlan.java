package dev.bumpless.controller.rollout;

import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.fleet.Selection;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.rollout.Target.Place;
import dev.bumpless.manifest.RolloutManifest;
import dev.bumpless.protocol.DeviceId;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Who is in which wave of a rollout. */
final class WavePlan {
  /** Devices with the same value of this label share a site. */
  private static final String SITE = "site";

  private WavePlan() {}

  /** The devices that it is for, in the order in which they go; may be empty. */
  static List<Device> devices(RolloutManifest manifest, Fleet fleet) {
    Selection selection = Selection.of(manifest.target());
    List<DeviceId> names = selection.devices();
    List<Device> found = fleet.select(selection);
    return names.isEmpty()
        ? found
        : found.stream().sorted(Comparator.comparing(d -> names.indexOf(d.id()))).toList();
  }

  /** As {@link #devices}; a problem where there is none. */
  static List<Device> someDevices(RolloutManifest manifest, Fleet fleet) {
    List<Device> devices = devices(manifest, fleet);
    if (devices.isEmpty()) {
      String labels =
          manifest.target().labels().entrySet().stream()
              .map(label -> label.getKey() + "=" + label.getValue())
              .collect(Collectors.joining(", "));
      throw Problem.of(
          Problem.Code.NO_TARGET,
          labels.isEmpty() ? "there is no device yet" : "no device has the labels " + labels,
          "see `bumpless get devices` for the labels that there are");
    }
    return devices;
  }

  /** Where each stands, in the order in which they go. */
  static Map<Device, Place> places(RolloutManifest manifest, List<Device> inOrder) {
    Map<Device, Place> places = new LinkedHashMap<>();
    int wave = 0;
    for (Device device : inOrder) {
      while (places.size() >= manifest.waves().get(wave).reach(inOrder.size())) {
        wave++;
      }
      places.put(device, new Place(wave, site(device)));
    }
    return places;
  }

  static Optional<String> site(Device device) {
    return Optional.ofNullable(device.labels().get(SITE)).filter(name -> !name.isEmpty());
  }
}
