package dev.bumpless.agent.swap;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Container.Volume;
import dev.bumpless.manifest.StatePolicy;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Whether a release finds in its volumes what the serving one has written. Volumes that were shared
 * are copied to those of a slot; the other way round nobody would copy anything.
 */
final class VolumeModes {
  private VolumeModes() {}

  static Optional<String> objection(App serving, App coming) {
    SortedSet<String> left = volumes(serving);
    left.retainAll(volumes(coming));
    return isExclusive(serving) && !isExclusive(coming) && !left.isEmpty()
        ? Optional.of(
            ("the serving release has volumes %s for its slot alone (state kind volume, mode"
                    + " exclusive); shared ones would start without what it wrote: keep 'mode:"
                    + " exclusive', or use volumes of another name")
                .formatted(left))
        : Optional.empty();
  }

  private static boolean isExclusive(App app) {
    return app.state().stream().anyMatch(StatePolicy.ExclusiveVolume.class::isInstance);
  }

  private static SortedSet<String> volumes(App app) {
    return app.containers().stream()
        .flatMap(container -> container.volumes().stream())
        .filter(volume -> !volume.isHostPath())
        .map(Volume::source)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
