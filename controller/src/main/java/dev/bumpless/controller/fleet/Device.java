package dev.bumpless.controller.fleet;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A device as the controller knows it.
 *
 * @param boot the life of its agent that was heard last; empty before the first birth
 * @param lastSeen when anything came from it; empty where it was enrolled and never heard of
 * @param assigned labels that an operator set
 * @param report the newest one
 */
public record Device(
    DeviceId id,
    Optional<UUID> boot,
    boolean online,
    Optional<Instant> lastSeen,
    Map<String, String> assigned,
    Optional<DeviceReport> report) {

  public Device {
    assigned = Map.copyOf(assigned);
  }

  /** What it says of itself in its configuration, and over that what an operator set. */
  public Map<String, String> labels() {
    Map<String, String> labels = new TreeMap<>();
    report.map(DeviceReport::labels).ifPresent(labels::putAll);
    labels.putAll(assigned);
    return labels;
  }

  /** An enrolled device that was never heard of. */
  public static Device enrolled(DeviceId id) {
    return new Device(id, Optional.empty(), false, Optional.empty(), Map.of(), Optional.empty());
  }

  /** What it last said about an app. */
  public Optional<AppReport> app(AppName name) {
    return report.flatMap(r -> r.apps().stream().filter(a -> a.app().equals(name)).findFirst());
  }
}
