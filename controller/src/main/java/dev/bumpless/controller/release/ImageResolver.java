package dev.bumpless.controller.release;

import dev.bumpless.manifest.ImageRef;
import dev.bumpless.protocol.Release.PlatformImage;
import java.util.Map;

/** Asks a registry what a name means today. Blocks up to a minute; called by any thread. */
public interface ImageResolver {

  /**
   * @throws dev.bumpless.controller.problem.ProblemException IMAGE_NOT_FOUND, REGISTRY_UNREACHABLE,
   *     REGISTRY_DENIED or UNSUPPORTED, with a hint
   */
  ResolvedImage resolve(ImageRef image);

  /**
   * @param digest of the index, or of the manifest where the name means a single platform
   * @param platforms {@code os/arch[/variant]} and what each is and weighs; never empty
   */
  record ResolvedImage(String digest, Map<String, PlatformImage> platforms) {
    public ResolvedImage {
      platforms = Map.copyOf(platforms);
    }
  }
}
