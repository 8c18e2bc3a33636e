package dev.bumpless.controller.fleet;

import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Where devices are kept. Called by any thread. Each method is one durable step and may be
 * repeated; a device that is not registered is left alone.
 */
public interface FleetStore {

  /** Adds the devices that are not known yet, never heard of and without labels. */
  void register(Set<DeviceId> devices);

  Optional<Device> device(DeviceId id);

  /** False for a device that is not registered, too. */
  boolean isOnline(DeviceId id);

  /** All of them, by id. */
  List<Device> devices();

  void savePresence(DeviceId id, UUID boot, boolean online, Instant at);

  /** Nobody is online until it says so again: for the start of the controller's connection. */
  void markAllOffline();

  void saveReport(DeviceReport report, Instant at);

  /** Replaces the labels. */
  void saveLabels(DeviceId id, Map<String, String> labels);
}
