package dev.bumpless.controller.rollout;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.RolloutManifest;
import java.util.Optional;

/**
 * A rollout in waves as it is asked for.
 *
 * @param beside the app that the rollout names as a file
 * @param supersede whether devices are taken from a rollout that runs there
 */
public record WaveRequest(RolloutManifest manifest, Optional<App> beside, boolean supersede) {}
