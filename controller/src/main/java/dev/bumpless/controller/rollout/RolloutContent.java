package dev.bumpless.controller.rollout;

import dev.bumpless.controller.release.PinnedApp;
import dev.bumpless.controller.release.StoredRelease;
import dev.bumpless.manifest.App;
import dev.bumpless.protocol.Release.PlatformImage;
import java.util.Map;
import java.util.Optional;

/**
 * What a rollout brings: a release that there is, or an app that becomes one.
 *
 * @param images for each container its platforms
 * @param known the release that there is; or
 * @param fresh what becomes one
 */
record RolloutContent(
    App app,
    Map<String, Map<String, PlatformImage>> images,
    Optional<StoredRelease> known,
    Optional<PinnedApp> fresh) {

  static RolloutContent of(StoredRelease release) {
    return new RolloutContent(
        release.release().app(),
        release.release().images(),
        Optional.of(release),
        Optional.empty());
  }

  static RolloutContent of(PinnedApp app) {
    return new RolloutContent(app.app(), app.images(), Optional.empty(), Optional.of(app));
  }
}
