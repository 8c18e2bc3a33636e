package dev.bumpless.controller.store;

import dev.bumpless.controller.rollout.AppHistory;
import dev.bumpless.controller.rollout.Course;
import dev.bumpless.controller.rollout.Rollout;
import dev.bumpless.controller.rollout.RolloutStore;
import dev.bumpless.controller.rollout.Target;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.RolloutName;
import dev.bumpless.protocol.DeviceId;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** Rollouts and their targets in SQL. */
public final class SqlRolloutStore implements RolloutStore {
  private static final int HISTORY = 1_000;
  private static final String TARGETS =
      "SELECT target.*, rollout.app FROM target JOIN rollout ON rollout.number = target.rollout ";

  /**
   * The contrary of {@link Rollout#isDone}; the states are those of {@code Course.State.isOpen}.
   */
  private static final String NOT_DONE =
      " (state IN ('RUNNING', 'PAUSED')"
          + " OR number IN (SELECT rollout FROM target WHERE NOT finished)) ";

  private final Database database;
  private final TargetColumns columns;

  public SqlRolloutStore(Database database, RecordText records) {
    this.database = database;
    this.columns = new TargetColumns(records);
  }

  @Override
  public void save(Rollout rollout) {
    database.write(
        h -> {
          h.execute(
              "INSERT INTO rollout (id, app, command, cause, created_at, name, manifest)"
                  + " VALUES (?, ?, ?, ?, ?, ?, ?)",
              rollout.id().toString(),
              rollout.app().value(),
              rollout.command(),
              rollout.cause(),
              rollout.createdAt().toEpochMilli(),
              rollout.name().map(RolloutName::value).orElse(null),
              rollout.course().map(CourseColumns::manifest).orElse(null));
          rollout.course().ifPresent(course -> update(rollout.id(), course));
          rollout.targets().forEach(target -> columns.put(h, rollout.id(), target));
          return rollout.id();
        });
  }

  @Override
  public void update(UUID rollout, Target target) {
    database.write(
        h -> {
          columns.put(h, rollout, target);
          return rollout;
        });
  }

  @Override
  public void update(UUID rollout, Course course) {
    database.write(
        h ->
            h.execute(
                "UPDATE rollout SET state = ?, reason = ?, wave = ?, settled_at = ? WHERE id = ?",
                course.state().name(),
                course.reason(),
                course.wave(),
                course.settledAt().map(Instant::toEpochMilli).orElse(null),
                rollout.toString()));
  }

  @Override
  public Optional<Rollout> find(UUID id) {
    return newestOf("id = :text", id.toString());
  }

  @Override
  public Optional<Rollout> named(RolloutName name) {
    return newestOf("name = :text", name.value());
  }

  @Override
  public Optional<Rollout> newest(String nameOrApp) {
    return newestOf("name = :text OR app = :text", nameOrApp);
  }

  private Optional<Rollout> newestOf(String which, String text) {
    return database
        .read(
            h ->
                rollouts(
                    h,
                    h.createQuery(
                            "SELECT * FROM rollout WHERE "
                                + which
                                + " ORDER BY number DESC LIMIT 1")
                        .bind("text", text)))
        .stream()
        .findFirst();
  }

  @Override
  public Optional<Rollout> newest(AppName app, Predicate<Rollout> which) {
    return database.read(
        h -> {
          List<Long> newestFirst =
              h.createQuery("SELECT number FROM rollout WHERE app = :app ORDER BY number DESC")
                  .bind("app", app.value())
                  .mapTo(Long.class)
                  .list();
          return newestFirst.stream().map(number -> rollout(h, number)).filter(which).findFirst();
        });
  }

  private Rollout rollout(Handle h, long number) {
    return rollouts(
            h, h.createQuery("SELECT * FROM rollout WHERE number = :number").bind("number", number))
        .get(0);
  }

  @Override
  public Optional<Target> target(UUID rollout, DeviceId device) {
    return database.read(
        h ->
            h.createQuery(TARGETS + "WHERE rollout.id = ? AND target.device = ?")
                .bind(0, rollout.toString())
                .bind(1, device.value())
                .map((row, context) -> columns.read(row))
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
  public Set<AppName> appsInWaves() {
    return database.read(
        h ->
            new HashSet<>(
                h.createQuery(
                        "SELECT DISTINCT app FROM rollout WHERE state IS NOT NULL AND" + NOT_DONE)
                    .map((row, context) -> new AppName(row.getString(1)))
                    .list()));
  }

  @Override
  public List<Rollout> unfinished(Optional<AppName> app) {
    return database.read(
        h ->
            rollouts(
                h,
                h.createQuery(
                        "SELECT * FROM rollout WHERE (:app = '' OR app = :app) AND"
                            + NOT_DONE
                            + "ORDER BY number DESC")
                    .bind("app", app.map(AppName::value).orElse(""))));
  }

  @Override
  public List<Rollout> unfinishedAfter(Rollout rollout) {
    return database.read(
        h ->
            rollouts(
                h,
                h.createQuery(
                        "SELECT * FROM rollout WHERE app = :app"
                            + " AND number > (SELECT number FROM rollout WHERE id = :id) AND"
                            + NOT_DONE
                            + "ORDER BY number DESC")
                    .bind("app", rollout.app().value())
                    .bind("id", rollout.id().toString())));
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
                    .map((row, context) -> columns.read(row))
                    .list()));
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
                    targets(h, row.getLong("number")),
                    CourseColumns.read(row)))
        .list();
  }

  private List<Target> targets(Handle h, long rollout) {
    return h.createQuery(TARGETS + "WHERE target.rollout = ? ORDER BY target.device")
        .bind(0, rollout)
        .map((row, context) -> columns.read(row))
        .list();
  }
}
