package dev.bumpless.manifest;

import static dev.bumpless.manifest.InvalidManifestException.check;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A manifest of {@code kind: Rollout}: how a release travels through a fleet.
 *
 * @param waves at least one; the last one reaches everybody
 * @param deadline how long a device has from its order, or from the opening of its window, to its
 *     end; silence past it is a failure
 * @param window when devices may begin what they have ready; empty: at any time
 */
public record RolloutManifest(
    RolloutName name,
    RolloutSource app,
    RolloutTarget target,
    List<Wave> waves,
    RolloutLimits limits,
    Duration deadline,
    Optional<MaintenanceWindow> window,
    OnFailure onFailure) {
  public static final int MAX_WAVES = 100;
  static final Duration USUAL_DEADLINE = Duration.ofHours(1);

  /** What becomes of the rollout when more fail than may. */
  public enum OnFailure {
    PAUSE,
    ROLLBACK
  }

  public RolloutManifest {
    waves = List.copyOf(waves);
    List<Misfit> misfits = Waves.misfits(waves);
    check(misfits.isEmpty(), "%s", misfits);
  }
}
