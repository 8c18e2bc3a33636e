package dev.bumpless.controller.store;

import dev.bumpless.controller.audit.AuditLog;
import dev.bumpless.controller.audit.AuditRecord;
import dev.bumpless.controller.audit.ChainHead;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/**
 * The audit in SQL; triggers refuse to change or remove a record. The head has a row of its own:
 * whoever appends updates it first and so holds its lock until his record is kept, on either
 * database and from whichever process.
 */
public final class SqlAuditLog implements AuditLog {
  private final Database database;

  public SqlAuditLog(Database database) {
    this.database = database;
  }

  @Override
  public AuditRecord append(Entry entry) {
    return database.write(
        h -> {
          h.execute("UPDATE audit_head SET number = number + 1");
          ChainHead before = readHead(h, "number - 1");
          AuditRecord record = AuditRecord.following(before, entry);
          h.execute("UPDATE audit_head SET hash = ?", record.hash());
          insert(h, record);
          return record;
        });
  }

  @Override
  public List<AuditRecord> recent(int limit) {
    return database.read(
        h ->
            h.createQuery("SELECT * FROM audit_record ORDER BY number DESC LIMIT ?")
                .bind(0, limit)
                .map((row, context) -> record(row))
                .list());
  }

  @Override
  public List<AuditRecord> after(long number, int limit) {
    return database.read(
        h ->
            h.createQuery("SELECT * FROM audit_record WHERE number > ? ORDER BY number LIMIT ?")
                .bind(0, number)
                .bind(1, limit)
                .map((row, context) -> record(row))
                .list());
  }

  @Override
  public ChainHead head() {
    return database.read(h -> readHead(h, "number"));
  }

  private static ChainHead readHead(Handle h, String number) {
    return h.createQuery("SELECT " + number + " AS number, hash FROM audit_head")
        .map((row, context) -> new ChainHead(row.getLong("number"), row.getString("hash")))
        .one();
  }

  private static void insert(Handle h, AuditRecord record) {
    Entry entry = record.entry();
    h.execute(
        "INSERT INTO audit_record (number, at, actor, origin, action, object, outcome, begun,"
            + " previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        record.number(),
        entry.at().toEpochMilli(),
        entry.actor(),
        entry.from(),
        entry.action(),
        entry.object(),
        entry.outcome(),
        entry.begun().isPresent() ? entry.begun().getAsLong() : null,
        record.previous(),
        record.hash());
  }

  private static AuditRecord record(ResultSet row) throws SQLException {
    return new AuditRecord(
        row.getLong("number"),
        new Entry(
            Instant.ofEpochMilli(row.getLong("at")),
            row.getString("actor"),
            row.getString("origin"),
            row.getString("action"),
            row.getString("object"),
            row.getString("outcome"),
            begun(row)),
        row.getString("previous"),
        row.getString("hash"));
  }

  private static OptionalLong begun(ResultSet row) throws SQLException {
    long begun = row.getLong("begun");
    return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(begun);
  }
}
