package dev.bumpless.controller.store;

import dev.bumpless.controller.release.ReleaseStore;
import dev.bumpless.controller.release.StoredRelease;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.trust.Envelope;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Releases in SQL. The counter outlives the releases, so that it never goes back. */
public final class SqlReleaseStore implements ReleaseStore {
  private final Database database;
  private final RecordText records;

  public SqlReleaseStore(Database database, RecordText records) {
    this.database = database;
    this.records = records;
  }

  @Override
  public long nextCounter(AppName app) {
    return database.write(
        h ->
            h.createQuery(
                    "INSERT INTO app (name, last_counter) VALUES (?, 1) ON CONFLICT (name)"
                        + " DO UPDATE SET last_counter = app.last_counter + 1"
                        + " RETURNING last_counter")
                .bind(0, app.value())
                .mapTo(Long.class)
                .one());
  }

  @Override
  public void save(StoredRelease stored) {
    Release release = stored.release();
    database.write(
        h ->
            h.execute(
                "INSERT INTO app_release (app, counter, payload, envelope, payload_sha256,"
                    + " manifest, cause, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                release.id().app().value(),
                release.id().counter(),
                records.write(release),
                records.write(stored.envelope()),
                stored.payloadSha256(),
                stored.manifest(),
                stored.cause(),
                release.createdAt().toEpochMilli()));
  }

  @Override
  public Optional<StoredRelease> find(ReleaseId id) {
    return database.read(
        h ->
            h.createQuery("SELECT * FROM app_release WHERE app = ? AND counter = ?")
                .bind(0, id.app().value())
                .bind(1, id.counter())
                .map((row, context) -> release(row))
                .findOne());
  }

  @Override
  public Optional<Envelope> envelope(ReleaseId id) {
    return database.read(
        h ->
            h.createQuery("SELECT envelope FROM app_release WHERE app = ? AND counter = ?")
                .bind(0, id.app().value())
                .bind(1, id.counter())
                .map((row, context) -> records.read(row.getString("envelope"), Envelope.class))
                .findOne());
  }

  @Override
  public List<StoredRelease> history(AppName app, int limit) {
    return database.read(
        h ->
            h.createQuery("SELECT * FROM app_release WHERE app = ? ORDER BY counter DESC LIMIT ?")
                .bind(0, app.value())
                .bind(1, limit)
                .map((row, context) -> release(row))
                .list());
  }

  @Override
  public Set<AppName> apps() {
    Set<AppName> apps = new TreeSet<>();
    database
        .read(h -> h.createQuery("SELECT DISTINCT app FROM app_release").mapTo(String.class).list())
        .forEach(name -> apps.add(new AppName(name)));
    return apps;
  }

  private StoredRelease release(ResultSet row) throws SQLException {
    return new StoredRelease(
        records.read(row.getString("payload"), Release.class),
        records.read(row.getString("envelope"), Envelope.class),
        row.getString("payload_sha256"),
        row.getString("manifest"),
        row.getString("cause"));
  }
}
