package dev.bumpless.manifest;

import static dev.bumpless.manifest.InvalidManifestException.check;

import java.util.List;
import java.util.Map;

/**
 * Which devices a rollout is for: one of these, never none.
 *
 * @param devices by id; the waves take them in this order
 * @param labels all of them have to agree
 */
public record RolloutTarget(List<String> devices, Map<String, String> labels, boolean all) {

  public RolloutTarget {
    devices = List.copyOf(devices);
    labels = Ordered.map(labels);
    int ways = (devices.isEmpty() ? 0 : 1) + (labels.isEmpty() ? 0 : 1) + (all ? 1 : 0);
    check(ways == 1, "a target is labels, a list of devices, or all: true; one of them");
  }

  /** Whether devices that come later may belong to it too. */
  public boolean isOpen() {
    return devices.isEmpty();
  }
}
