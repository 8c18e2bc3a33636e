package dev.bumpless.controller.fleet;

import dev.bumpless.manifest.RolloutTarget;
import dev.bumpless.protocol.DeviceId;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Which devices are meant: by name, by labels (all must agree), or every one. */
public record Selection(List<DeviceId> devices, Map<String, String> labels, boolean all) {
  public static final Selection NONE = new Selection(List.of(), Map.of(), false);

  public Selection {
    devices = devices.stream().distinct().toList();
    labels = Map.copyOf(labels);
  }

  /** As a manifest says it. */
  public static Selection of(RolloutTarget target) {
    List<DeviceId> names = target.devices().stream().map(DeviceId::new).toList();
    return new Selection(names, target.labels(), target.all());
  }

  public boolean isEmpty() {
    return devices.isEmpty() && labels.isEmpty() && !all;
  }

  /** For a person: the names, the labels, or that it is all. */
  @Override
  public String toString() {
    if (all) {
      return "all devices";
    }
    return devices.isEmpty()
        ? labels.entrySet().stream()
            .map(label -> label.getKey() + "=" + label.getValue())
            .sorted()
            .collect(Collectors.joining(", "))
        : devices.stream().map(DeviceId::value).collect(Collectors.joining(", "));
  }

  /** Whether a device is meant; labels narrow down {@code all}, names stand by themselves. */
  public boolean includes(Device device) {
    if (devices.contains(device.id())) {
      return true;
    }
    return (all || !labels.isEmpty()) && device.labels().entrySet().containsAll(labels.entrySet());
  }
}
