package dev.bumpless.controller.fleet;

import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** {@link FleetStore} that forgets. */
public final class MemoryFleetStore implements FleetStore {
  private final Map<DeviceId, Device> devices = new TreeMap<>();

  @Override
  public synchronized void register(Set<DeviceId> ids) {
    ids.forEach(id -> devices.putIfAbsent(id, Device.enrolled(id)));
  }

  @Override
  public synchronized Optional<Device> device(DeviceId id) {
    return Optional.ofNullable(devices.get(id));
  }

  @Override
  public boolean isOnline(DeviceId id) {
    return device(id).map(Device::online).orElse(false);
  }

  @Override
  public synchronized List<Device> devices() {
    return List.copyOf(devices.values());
  }

  @Override
  public void savePresence(DeviceId id, UUID boot, boolean online, Instant at) {
    change(
        id,
        d -> new Device(id, Optional.of(boot), online, Optional.of(at), d.assigned(), d.report()));
  }

  @Override
  public synchronized void markAllOffline() {
    devices.replaceAll(
        (id, d) -> new Device(id, d.boot(), false, d.lastSeen(), d.assigned(), d.report()));
  }

  @Override
  public void saveReport(DeviceReport report, Instant at) {
    change(
        report.device(),
        d ->
            new Device(
                d.id(), d.boot(), d.online(), Optional.of(at), d.assigned(), Optional.of(report)));
  }

  @Override
  public void saveLabels(DeviceId id, Map<String, String> labels) {
    change(id, d -> new Device(id, d.boot(), d.online(), d.lastSeen(), labels, d.report()));
  }

  private synchronized void change(DeviceId id, UnaryOperator<Device> change) {
    devices.computeIfPresent(id, (key, device) -> change.apply(device));
  }
}
