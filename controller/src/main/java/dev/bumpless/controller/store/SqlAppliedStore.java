package dev.bumpless.controller.store;

import dev.bumpless.controller.source.Applied;
import dev.bumpless.controller.source.AppliedStore;
import dev.bumpless.controller.source.SourceName;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.ReleaseId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What sources applied, in SQL. */
public final class SqlAppliedStore implements AppliedStore {
  private static final String NEWEST =
      " FROM source_applied WHERE source = ? ORDER BY applied_at DESC, unit";

  private final Database database;

  public SqlAppliedStore(Database database) {
    this.database = database;
  }

  @Override
  public void save(Applied applied) {
    String source = applied.source().value();
    database.write(
        h -> {
          h.execute(
              "DELETE FROM source_applied WHERE source = ? AND unit = ?", source, applied.unit());
          h.execute(
              "INSERT INTO source_applied (source, unit, fingerprint, revision, app, counter,"
                  + " applied_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
              source,
              applied.unit(),
              applied.fingerprint(),
              applied.revision(),
              applied.app().value(),
              applied.release().map(ReleaseId::counter).orElse(null),
              applied.at().toEpochMilli());
          return h.execute(
              "DELETE FROM source_applied WHERE source = ? AND unit NOT IN"
                  + " (SELECT unit"
                  + NEWEST
                  + " LIMIT ?)",
              source,
              source,
              MOST);
        });
  }

  @Override
  public List<Applied> of(SourceName source) {
    return database.read(
        h ->
            h.createQuery("SELECT *" + NEWEST)
                .bind(0, source.value())
                .map((row, context) -> applied(row))
                .list());
  }

  private static Applied applied(ResultSet row) throws SQLException {
    AppName app = new AppName(row.getString("app"));
    long counter = row.getLong("counter");
    boolean hasRelease = !row.wasNull();
    return new Applied(
        new SourceName(row.getString("source")),
        row.getString("unit"),
        row.getString("fingerprint"),
        row.getString("revision"),
        app,
        hasRelease ? Optional.of(new ReleaseId(app, counter)) : Optional.empty(),
        Instant.ofEpochMilli(row.getLong("applied_at")));
  }
}
