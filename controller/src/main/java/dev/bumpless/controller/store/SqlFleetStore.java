package dev.bumpless.controller.store;

import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.fleet.FleetStore;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Devices in SQL. */
public final class SqlFleetStore implements FleetStore {
  private final Database database;
  private final RecordText records;

  public SqlFleetStore(Database database, RecordText records) {
    this.database = database;
    this.records = records;
  }

  @Override
  public void register(Set<DeviceId> devices) {
    Set<String> known =
        database.read(
            h -> Set.copyOf(h.createQuery("SELECT id FROM device").mapTo(String.class).list()));
    List<DeviceId> fresh = devices.stream().filter(id -> !known.contains(id.value())).toList();
    if (fresh.isEmpty()) {
      return;
    }
    database.write(
        h -> {
          fresh.forEach(
              id ->
                  h.execute(
                      "INSERT INTO device (id) VALUES (?) ON CONFLICT DO NOTHING", id.value()));
          return fresh.size();
        });
  }

  @Override
  public Optional<Device> device(DeviceId id) {
    return database.read(
        h ->
            h.createQuery("SELECT * FROM device WHERE id = ?")
                .bind(0, id.value())
                .map((row, context) -> device(row, labels(h, id.value())))
                .findOne());
  }

  @Override
  public boolean isOnline(DeviceId id) {
    return database.read(
        h ->
            h.createQuery("SELECT online FROM device WHERE id = ?")
                .bind(0, id.value())
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false));
  }

  @Override
  public List<Device> devices() {
    return database.read(
        h -> {
          Map<String, Map<String, String>> labels = allLabels(h);
          return h.createQuery("SELECT * FROM device ORDER BY id")
              .map(
                  (row, context) -> device(row, labels.getOrDefault(row.getString("id"), Map.of())))
              .list();
        });
  }

  @Override
  public void savePresence(DeviceId id, UUID boot, boolean online, Instant at) {
    database.write(
        h ->
            h.execute(
                "UPDATE device SET boot = ?, online = ?, last_seen = ? WHERE id = ?",
                boot.toString(),
                online,
                at.toEpochMilli(),
                id.value()));
  }

  @Override
  public void markAllOffline() {
    database.write(h -> h.execute("UPDATE device SET online = FALSE WHERE online"));
  }

  @Override
  public void saveReport(DeviceReport report, Instant at) {
    database.write(
        h ->
            h.execute(
                "UPDATE device SET report = ?, last_seen = ? WHERE id = ?",
                records.write(report),
                at.toEpochMilli(),
                report.device().value()));
  }

  @Override
  public void saveLabels(DeviceId id, Map<String, String> labels) {
    database.write(
        h -> {
          h.execute("DELETE FROM device_label WHERE device = ?", id.value());
          labels.forEach(
              (key, value) ->
                  h.execute(
                      "INSERT INTO device_label (device, key, value) VALUES (?, ?, ?)",
                      id.value(),
                      key,
                      value));
          return labels.size();
        });
  }

  private static Map<String, String> labels(Handle h, String device) {
    Map<String, String> labels = new HashMap<>();
    h.createQuery("SELECT key, value FROM device_label WHERE device = ?")
        .bind(0, device)
        .map((row, context) -> labels.put(row.getString("key"), row.getString("value")))
        .list();
    return labels;
  }

  private static Map<String, Map<String, String>> allLabels(Handle h) {
    Map<String, Map<String, String>> labels = new HashMap<>();
    h.createQuery("SELECT device, key, value FROM device_label")
        .map(
            (row, context) ->
                labels
                    .computeIfAbsent(row.getString("device"), id -> new HashMap<>())
                    .put(row.getString("key"), row.getString("value")))
        .list();
    return labels;
  }

  private Device device(ResultSet row, Map<String, String> labels) throws SQLException {
    @Nullable String boot = row.getString("boot");
    long lastSeen = row.getLong("last_seen");
    @Nullable String report = row.getString("report");
    return new Device(
        new DeviceId(row.getString("id")),
        Optional.ofNullable(boot).map(UUID::fromString),
        row.getBoolean("online"),
        lastSeen == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(lastSeen)),
        labels,
        Optional.ofNullable(report).map(text -> records.read(text, DeviceReport.class)));
  }
}
