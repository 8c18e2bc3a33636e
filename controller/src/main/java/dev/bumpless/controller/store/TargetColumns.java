package dev.bumpless.controller.store;

import dev.bumpless.controller.rollout.Target;
import dev.bumpless.controller.rollout.Target.Place;
import dev.bumpless.controller.rollout.Target.Verdict;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Phase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** A target as a row. */
record TargetColumns(RecordText records) {
  private static final String PUT =
      "INSERT INTO target (rollout, device, action, counter, attempt, payload_sha256, wave, site,"
          + " issued, issued_at, sequence, report, verdict, reason, excused, finished, updated_at)"
          + " VALUES ((SELECT number FROM rollout WHERE id = ?),"
          + " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
          + " ON CONFLICT (rollout, device) DO UPDATE SET"
          + " action = excluded.action, counter = excluded.counter, attempt = excluded.attempt,"
          + " payload_sha256 = excluded.payload_sha256, wave = excluded.wave,"
          + " site = excluded.site, issued = excluded.issued, issued_at = excluded.issued_at,"
          + " sequence = excluded.sequence, report = excluded.report,"
          + " verdict = excluded.verdict, reason = excluded.reason,"
          + " excused = excluded.excused, finished = excluded.finished,"
          + " updated_at = excluded.updated_at";

  /** Replaces the row, or adds it. */
  void put(Handle h, UUID rollout, Target target) {
    h.execute(
        PUT,
        rollout.toString(),
        target.device().value(),
        ActionColumns.kind(target.action()),
        ActionColumns.counter(target.action()),
        ActionColumns.attempt(target.action()),
        ActionColumns.payloadSha256(target.action()),
        target.place().wave(),
        target.place().site().orElse(null),
        target.issued(),
        target.issuedAt().map(Instant::toEpochMilli).orElse(null),
        target.sequence(),
        target.report().map(records::write).orElse(null),
        target.verdict().map(v -> v.phase().name()).orElse(null),
        target.verdict().map(Verdict::reason).orElse(null),
        target.excused(),
        target.isFinished(),
        target.updatedAt().toEpochMilli());
  }

  /** From a row that has the column {@code app} too. */
  Target read(ResultSet row) throws SQLException {
    @Nullable String report = row.getString("report");
    return new Target(
        new DeviceId(row.getString("device")),
        ActionColumns.read(row),
        new Place(row.getInt("wave"), Optional.ofNullable(row.getString("site"))),
        row.getBoolean("issued"),
        CourseColumns.moment(row, "issued_at"),
        row.getLong("sequence"),
        Optional.ofNullable(report).map(text -> records.read(text, AppReport.class)),
        verdict(row),
        row.getBoolean("excused"),
        Instant.ofEpochMilli(row.getLong("updated_at")));
  }

  /** One that was written before there were reasons has none. */
  private static Optional<Verdict> verdict(ResultSet row) throws SQLException {
    @Nullable String phase = row.getString("verdict");
    @Nullable String reason = row.getString("reason");
    return phase == null
        ? Optional.empty()
        : Optional.of(new Verdict(Phase.valueOf(phase), reason == null ? "" : reason));
  }
}
