package dev.bumpless.controller.store;

import dev.bumpless.controller.rollout.AppHistory;
import dev.bumpless.controller.rollout.Rollout;
import dev.bumpless.controller.rollout.RolloutStore;
import dev.bumpless.controller.rollout.Target;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Phase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Rollouts and their targets in SQL. */
public final class SqlRolloutStore implements RolloutStore {
  private static final int HISTORY = 1_000;
  private static final String TARGETS =
      "SELECT target.*, rollout.app FROM target JOIN rollout ON rollout.number = target.rollout ";

  private final Database database;
  private final RecordText records;

  public SqlRolloutStore(Database database, RecordText records) {
    this.database = database;
    this.records = records;
  }

  @Override
  public void save(Rollout rollout) {
    database.write(
        h -> {
          long number =
              h.createQuery(
                      "INSERT INTO rollout (id, app, command, cause, created_at)"
                          + " VALUES (?, ?, ?, ?, ?) RETURNING number")
                  .bind(0, rollout.id().toString())
                  .bind(1, rollout.app().value())
                  .bind(2, rollout.command())
                  .bind(3, rollout.cause())
                  .bind(4, rollout.createdAt().toEpochMilli())
                  .mapTo(Long.class)
                  .one();
          rollout.targets().forEach(target -> insert(h, number, target));
          return number;
        });
  }

  @Override
  public void update(UUID rollout, Target target) {
    database.write(
        h ->
            h.execute(
                "UPDATE target SET issued = ?, report = ?, verdict = ?, finished = ?,"
                    + " updated_at = ? WHERE device = ?"
                    + " AND rollout = (SELECT number FROM rollout WHERE id = ?)",
                target.issued(),
                target.report().map(records::write).orElse(null),
                target.verdict().map(Phase::name).orElse(null),
                target.isFinished(),
                target.updatedAt().toEpochMilli(),
                target.device().value(),
                rollout.toString()));
  }

  @Override
  public Optional<Rollout> find(UUID id) {
    return database
        .read(
            h ->
                rollouts(
                    h,
                    h.createQuery("SELECT * FROM rollout WHERE id = :id")
                        .bind("id", id.toString())))
        .stream()
        .findFirst();
  }

  @Override
  public Optional<Target> target(UUID rollout, DeviceId device) {
    return database.read(
        h ->
            h.createQuery(TARGETS + "WHERE rollout.id = ? AND target.device = ?")
                .bind(0, rollout.toString())
                .bind(1, device.value())
                .map((row, context) -> target(row))
                .findOne());
  }

  @Override
  public List<Rollout> recent(Optional<AppName> app, int limit) {
    return database.read(
        h ->
            rollouts(
                h,
                h.createQuery(
                        "SELECT * FROM rollout WHERE :app = '' OR app = :app"
                            + " ORDER BY number DESC LIMIT :limit")
                    .bind("app", app.map(AppName::value).orElse(""))
                    .bind("limit", limit)));
  }

  @Override
  public List<Rollout> unfinished(Optional<AppName> app) {
    return database.read(
        h ->
            rollouts(
                h,
                h.createQuery(
                        "SELECT * FROM rollout WHERE (:app = '' OR app = :app)"
                            + " AND number IN (SELECT rollout FROM target WHERE NOT finished)"
                            + " ORDER BY number DESC")
                    .bind("app", app.map(AppName::value).orElse(""))));
  }

  @Override
  public AppHistory history(DeviceId device, AppName app) {
    return new AppHistory(
        database.read(
            h ->
                h.createQuery(
                        TARGETS
                            + "WHERE target.device = ? AND rollout.app = ?"
                            + " ORDER BY rollout.number DESC LIMIT ?")
                    .bind(0, device.value())
                    .bind(1, app.value())
                    .bind(2, HISTORY)
                    .map((row, context) -> target(row))
                    .list()));
  }

  private void insert(Handle h, long rollout, Target target) {
    h.execute(
        "INSERT INTO target (rollout, device, action, counter, attempt, payload_sha256, issued,"
            + " report, verdict, finished, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rollout,
        target.device().value(),
        ActionColumns.kind(target.action()),
        ActionColumns.counter(target.action()),
        ActionColumns.attempt(target.action()),
        ActionColumns.payloadSha256(target.action()),
        target.issued(),
        target.report().map(records::write).orElse(null),
        target.verdict().map(Phase::name).orElse(null),
        target.isFinished(),
        target.updatedAt().toEpochMilli());
  }

  private List<Rollout> rollouts(Handle h, Query query) {
    return query
        .map(
            (row, context) ->
                new Rollout(
                    UUID.fromString(row.getString("id")),
                    new AppName(row.getString("app")),
                    row.getString("command"),
                    Instant.ofEpochMilli(row.getLong("created_at")),
                    row.getString("cause"),
                    targets(h, row.getLong("number"))))
        .list();
  }

  private List<Target> targets(Handle h, long rollout) {
    return h.createQuery(TARGETS + "WHERE target.rollout = ? ORDER BY target.device")
        .bind(0, rollout)
        .map((row, context) -> target(row))
        .list();
  }

  private Target target(ResultSet row) throws SQLException {
    @Nullable String report = row.getString("report");
    @Nullable String verdict = row.getString("verdict");
    return new Target(
        new DeviceId(row.getString("device")),
        ActionColumns.read(row),
        row.getBoolean("issued"),
        Optional.ofNullable(report).map(text -> records.read(text, AppReport.class)),
        Optional.ofNullable(verdict).map(Phase::valueOf),
        Instant.ofEpochMilli(row.getLong("updated_at")));
  }
}
