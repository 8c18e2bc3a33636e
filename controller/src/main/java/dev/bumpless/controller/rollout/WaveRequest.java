package dev.bumpless.controller.rollout;

import dev.bumpless.controller.problem.Problem;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.RolloutManifest;
import java.time.Instant;
import java.util.Optional;

/**
 * A rollout in waves as it is asked for.
 *
 * @param beside the app that the rollout names as a file
 * @param supersede whether devices are taken from a rollout that runs there
 */
public record WaveRequest(RolloutManifest manifest, Optional<App> beside, boolean supersede) {

  /** Throws BAD_REQUEST where its window will never open again. */
  void refuseWhatIsOver(Instant now) {
    if (manifest.window().filter(window -> window.isOver(now)).isPresent()) {
      throw Problem.of(
          Problem.Code.BAD_REQUEST,
          "the window of rollout " + manifest.name() + " is in the past",
          "correct window.at, or take a cron that comes again");
    }
  }
}
