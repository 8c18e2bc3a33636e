package dev.bumpless.controller.release;

import dev.bumpless.manifest.App;
import dev.bumpless.protocol.Release.PlatformImage;
import java.util.Map;

/**
 * An app as an operator wrote it, and what its images mean today.
 *
 * @param app every image has a digest
 * @param images for each container its platforms
 * @param manifest the YAML with the tags that were written
 */
public record PinnedApp(App app, Map<String, Map<String, PlatformImage>> images, String manifest) {
  public PinnedApp {
    images = Map.copyOf(images);
  }
}
