package dev.bumpless.controller.store;

import dev.bumpless.controller.rollout.Course;
import dev.bumpless.manifest.InvalidManifestException;
import dev.bumpless.manifest.RolloutManifest;
import dev.bumpless.manifest.RolloutParser;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The course of a rollout as columns; all of them null where it has none. */
final class CourseColumns {
  private CourseColumns() {}

  static String manifest(Course course) {
    return RolloutParser.toYaml(course.manifest());
  }

  static Optional<Course> read(ResultSet row) throws SQLException {
    @Nullable String state = row.getString("state");
    if (state == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Course(
            manifest(row.getString("manifest")),
            Course.State.valueOf(state),
            row.getString("reason"),
            row.getInt("wave"),
            moment(row, "settled_at")));
  }

  private static RolloutManifest manifest(String text) {
    try {
      return RolloutParser.parse(text, "rollout");
    } catch (InvalidManifestException e) {
      throw new IllegalStateException("the store holds a rollout that cannot be read", e);
    }
  }

  static Optional<Instant> moment(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }
}
