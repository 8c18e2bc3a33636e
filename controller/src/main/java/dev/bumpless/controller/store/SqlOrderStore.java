package dev.bumpless.controller.store;

import dev.bumpless.controller.rollout.OrderStore;
import dev.bumpless.controller.rollout.StoredOrder;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Orders and sequences in SQL. */
public final class SqlOrderStore implements OrderStore {
  private final Database database;
  private final RecordText records;

  public SqlOrderStore(Database database, RecordText records) {
    this.database = database;
    this.records = records;
  }

  @Override
  public <T> T inTransaction(Supplier<T> work) {
    return database.inTransaction(work);
  }

  @Override
  public long nextSequence(DeviceId device) {
    return database.write(
        h ->
            h.createQuery(
                    "INSERT INTO device (id, last_sequence) VALUES (?, 1) ON CONFLICT (id)"
                        + " DO UPDATE SET last_sequence = device.last_sequence + 1"
                        + " RETURNING last_sequence")
                .bind(0, device.value())
                .mapTo(Long.class)
                .one());
  }

  @Override
  public void raiseSequence(DeviceId device, long seen) {
    database.write(
        h ->
            h.execute(
                "UPDATE device SET last_sequence = ? WHERE id = ? AND last_sequence < ?",
                seen,
                device.value(),
                seen));
  }

  @Override
  public void save(StoredOrder stored) {
    Order order = stored.order();
    database.write(
        h ->
            h.execute(
                "INSERT INTO device_order (device, app, sequence, payload, accepted,"
                    + " withdrawn)"
                    + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (device, app) DO UPDATE SET"
                    + " sequence = excluded.sequence, payload = excluded.payload,"
                    + " accepted = excluded.accepted,"
                    + " withdrawn = excluded.withdrawn"
                    + " WHERE excluded.sequence >= device_order.sequence",
                order.device().value(),
                order.app().value(),
                order.sequence(),
                records.write(order),
                stored.accepted(),
                stored.withdrawn()));
  }

  @Override
  public List<StoredOrder> ordersOf(DeviceId device) {
    return list("SELECT * FROM device_order WHERE device = ? ORDER BY sequence", device.value());
  }

  @Override
  public List<StoredOrder> ordersFor(AppName app) {
    return list("SELECT * FROM device_order WHERE app = ? ORDER BY device", app.value());
  }

  @Override
  public boolean isAccepted(DeviceId device, AppName app, long sequence) {
    return database.read(
        h ->
            h.createQuery(
                    "SELECT 1 FROM device_order"
                        + " WHERE device = ? AND app = ? AND sequence = ? AND accepted")
                .bind(0, device.value())
                .bind(1, app.value())
                .bind(2, sequence)
                .mapTo(Integer.class)
                .findOne()
                .isPresent());
  }

  @Override
  public Set<DeviceId> waiting() {
    return database.read(
        h ->
            new HashSet<>(
                h.createQuery(
                        "SELECT DISTINCT device FROM device_order"
                            + " WHERE NOT accepted AND NOT withdrawn")
                    .map((row, context) -> new DeviceId(row.getString("device")))
                    .list()));
  }

  private List<StoredOrder> list(String sql, String key) {
    return database.read(
        h -> h.createQuery(sql).bind(0, key).map((row, context) -> order(row)).list());
  }

  private StoredOrder order(ResultSet row) throws SQLException {
    return new StoredOrder(
        records.read(row.getString("payload"), Order.class),
        row.getBoolean("accepted"),
        row.getBoolean("withdrawn"));
  }
}
