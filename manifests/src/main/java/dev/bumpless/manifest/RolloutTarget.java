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

  /**
   * Whether it is for no device that the other is not for, whatever labels devices have. Devices by
   * id are not within labels: nobody knows here which labels they have.
   */
  public boolean isWithin(RolloutTarget other) {
    return other.all()
        || (!devices.isEmpty() && other.devices().containsAll(devices))
        || (!other.labels().isEmpty() && labels.entrySet().containsAll(other.labels().entrySet()));
  }

  /** Whether devices that come later may belong to it too. */
  public boolean isOpen() {
    return devices.isEmpty();
  }
}
