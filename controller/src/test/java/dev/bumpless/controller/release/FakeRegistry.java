package dev.bumpless.controller.release;

import dev.bumpless.controller.problem.Problem;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.protocol.Release.PlatformImage;
import dev.bumpless.trust.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Every image exists and is for linux/amd64, unless a test says otherwise. */
public final class FakeRegistry implements ImageResolver {
  private final Map<String, String> contents = new HashMap<>();
  private final Map<String, String> platforms = new HashMap<>();
  private final Map<String, Long> bytes = new HashMap<>();

  /** From now on the name means something else. */
  public void push(String image, String content) {
    contents.put(ImageRef.parse(image).toString(), content);
  }

  public void pushFor(String image, String platform) {
    platforms.put(ImageRef.parse(image).toString(), platform);
  }

  /** How much it weighs; 1,000 bytes unless told. */
  public void weigh(String image, long compressedBytes) {
    bytes.put(ImageRef.parse(image).toString(), compressedBytes);
  }

  @Override
  public ResolvedImage resolve(ImageRef image) {
    if (image.tag().equals(java.util.Optional.of("missing"))) {
      throw Problem.of(Problem.Code.IMAGE_NOT_FOUND, "registry has no " + image, "push it");
    }
    String name = image.toString();
    String digest = image.digest().orElseGet(() -> digest(contents.getOrDefault(name, name)));
    String platform = platforms.getOrDefault(name, "linux/amd64");
    return new ResolvedImage(
        digest,
        Map.of(
            platform,
            new PlatformImage(digest(digest + platform), bytes.getOrDefault(name, 1_000L))));
  }

  private static String digest(String content) {
    return "sha256:" + Sha256.hex(content.getBytes(StandardCharsets.UTF_8));
  }
}
