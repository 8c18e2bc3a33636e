package dev.bumpless.controller.api;

import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.rollout.Course;
import dev.bumpless.controller.rollout.Preview;
import dev.bumpless.controller.rollout.Rollout;
import dev.bumpless.controller.rollout.Tally;
import dev.bumpless.manifest.Wave;
import dev.bumpless.manifest.shape.DurationShape;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What REST answers of rollouts in waves. */
final class WaveAnswers {
  private WaveAnswers() {}

  /**
   * @param reason why it is in this state
   * @param wave that is open, from 1
   */
  record CourseBody(String name, String state, String reason, int wave, List<WaveBody> waves) {

    /** Null where it goes to everybody at once. */
    static @Nullable CourseBody of(Rollout rollout) {
      return rollout.course().map(course -> of(rollout, course)).orElse(null);
    }

    private static CourseBody of(Rollout rollout, Course course) {
      Tally tally = Tally.of(rollout.targets(), course);
      List<WaveBody> waves = new ArrayList<>();
      for (int i = 0; i <= course.lastWave(); i++) {
        Tally.Count count = tally.wave(i);
        Wave wave = course.manifest().waves().get(i);
        boolean isOver =
            i < course.wave() || (i == course.wave() && course.settledAt().isPresent());
        waves.add(
            new WaveBody(
                i + 1,
                wave.toString(),
                gate(wave),
                i == course.wave() && isOver && course.state().isOpen()
                    ? course.settledAt().map(Instant::toString).orElse(null)
                    : null,
                count.size(),
                count.open(),
                count.succeeded(),
                count.failed()));
      }
      return new CourseBody(
          course.manifest().name().value(),
          course.state().name(),
          course.reason(),
          course.wave() + 1,
          waves);
    }
  }

  /**
   * One wave.
   *
   * @param gate what has to happen before the next one: {@code approve}, {@code after 10m}, or
   *     nothing
   * @param settledAt since when it is over and the gate is waited for
   * @param size devices that are in it
   * @param open those that are not at their end
   */
  record WaveBody(
      int number,
      String reach,
      String gate,
      @Nullable String settledAt,
      int size,
      int open,
      int succeeded,
      int failed) {}

  /**
   * @param opening when the window opens next
   * @param running the rollout that is the very same and open
   * @param conflict the rollout in the way
   * @param hint what to do about it
   */
  record PreviewBody(
      String name,
      String app,
      String release,
      @Nullable String opening,
      @Nullable String running,
      @Nullable String conflict,
      @Nullable String hint,
      List<PreviewRow> devices) {

    static PreviewBody of(Preview preview) {
      return new PreviewBody(
          preview.manifest().name().value(),
          preview.app().value(),
          preview.release(),
          Answers.text(preview.opening()),
          Answers.text(preview.running().map(Rollout::id)),
          Answers.text(preview.conflict().map(Problem::message)),
          Answers.text(preview.conflict().map(Problem::hint)),
          preview.rows().stream().map(row -> PreviewRow.of(preview, row)).toList());
    }
  }

  /**
   * @param wave from 1
   * @param gate what has to happen before the next one
   * @param problem why the preflight fails, for which the whole rollout is refused
   * @param hint what to do about it
   * @param shortage which disk or memory the device lacks by its last report, for which nothing is
   *     refused
   */
  record PreviewRow(
      String device,
      int wave,
      String gate,
      @Nullable String site,
      boolean online,
      @Nullable String problem,
      @Nullable String hint,
      @Nullable String shortage) {

    static PreviewRow of(Preview preview, Preview.Row row) {
      int wave = row.place().wave();
      return new PreviewRow(
          row.device().id().value(),
          wave + 1,
          WaveAnswers.gate(preview.manifest().waves().get(wave)),
          Answers.text(row.place().site()),
          row.device().online(),
          Answers.text(row.problem().map(Problem::message)),
          Answers.text(row.problem().map(Problem::hint)),
          Answers.text(row.shortage()));
    }
  }

  private static String gate(Wave wave) {
    if (wave.approval()) {
      return "approve";
    }
    return wave.after().isZero() ? "" : "after " + DurationShape.text(wave.after());
  }
}
