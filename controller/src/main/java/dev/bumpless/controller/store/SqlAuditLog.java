package dev.bumpless.controller.store;

import dev.bumpless.controller.audit.AuditLog;
import java.time.Instant;
import java.util.List;

/** The audit rows in SQL; triggers refuse to change or remove one. */
public final class SqlAuditLog implements AuditLog {
  private final Database database;

  public SqlAuditLog(Database database) {
    this.database = database;
  }

  @Override
  public void append(Entry entry) {
    database.write(
        h ->
            h.execute(
                "INSERT INTO audit (at, actor, action, object, outcome) VALUES (?, ?, ?, ?, ?)",
                entry.at().toEpochMilli(),
                entry.actor(),
                entry.action(),
                entry.object(),
                entry.outcome()));
  }

  @Override
  public List<Entry> recent(int limit) {
    return database.read(
        h ->
            h.createQuery("SELECT * FROM audit ORDER BY number DESC LIMIT ?")
                .bind(0, limit)
                .map(
                    (row, context) ->
                        new Entry(
                            Instant.ofEpochMilli(row.getLong("at")),
                            row.getString("actor"),
                            row.getString("action"),
                            row.getString("object"),
                            row.getString("outcome")))
                .list());
  }
}
