package dev.bumpless.protocol;

import dev.bumpless.manifest.App;
import java.time.Instant;
import java.util.Map;

/**
 * An immutable app whose images are pinned by digest; the payload that the release key signs.
 *
 * @param floor lowest counter of this app that may still run once a device has seen this release
 * @param app every image in it has a digest: the index digest, or the manifest's where the tag
 *     named a single platform
 * @param images for each container, its platforms ({@code linux/arm64/v8}) and what each weighs
 */
public record Release(
    ReleaseId id,
    long floor,
    App app,
    Map<String, Map<String, PlatformImage>> images,
    Instant createdAt) {
  public Release {
    images = Map.copyOf(images);
    if (!app.name().equals(id.app())) {
      throw new IllegalArgumentException("release " + id + " holds app " + app.name());
    }
    if (floor < 0 || floor > id.counter()) {
      throw new IllegalArgumentException("floor " + floor + " is above release " + id);
    }
    app.containers().stream()
        .filter(c -> !c.image().isPinned())
        .findFirst()
        .ifPresent(
            c -> {
              throw new IllegalArgumentException(
                  "release " + id + ": image of '" + c.name() + "' has no digest");
            });
  }

  /**
   * @param digest of the platform's own image manifest
   * @param bytes compressed size of its layers, as the registry says
   */
  public record PlatformImage(String digest, long bytes) {}
}
