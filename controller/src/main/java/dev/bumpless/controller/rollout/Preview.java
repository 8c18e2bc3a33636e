package dev.bumpless.controller.rollout;

import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.RolloutManifest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a rollout in waves would do if it were started now.
 *
 * @param release that it would bring; {@code app@new} where one would be made
 * @param opening when its window opens next; empty where there is none, or it is open
 * @param rows device by device, in the order in which they would go; nobody where it runs already
 * @param running the very same, which a start would answer with and leave alone
 * @param conflict what a start would be refused with for the rollout in the way, which has the name
 *     or some of the devices; empty where this one would take over
 */
public record Preview(
    RolloutManifest manifest,
    AppName app,
    String release,
    Optional<Instant> opening,
    Optional<Rollout> running,
    Optional<Problem> conflict,
    List<Row> rows) {
  public Preview {
    rows = List.copyOf(rows);
  }

  Preview withRunning(Rollout same) {
    return new Preview(manifest, app, release, opening, Optional.of(same), conflict, List.of());
  }

  Preview withConflict(Problem why) {
    return new Preview(manifest, app, release, opening, running, Optional.of(why), rows);
  }

  /**
   * One device.
   *
   * @param place its wave and site
   * @param problem why the preflight fails there, for which the whole rollout would be refused
   * @param shortage which disk or memory the device lacks by its last report, in words: it is sent
   *     its order all the same, and decides by itself
   */
  public record Row(
      Device device, Target.Place place, Optional<Problem> problem, Optional<String> shortage) {}
}
