package dev.bumpless.agent.docker;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which processors run which images. */
final class Platforms {
  /** Besides their own: 64-bit kernels run 32-bit programs of the same family. */
  private static final Map<String, Set<String>> ALSO =
      Map.of("amd64", Set.of("386"), "arm64", Set.of("arm"));

  private Platforms() {}

  /**
   * @param engine the engine's architecture as Go names it: {@code arm64}
   * @param image the image's; nothing where it was imported without one
   */
  static boolean runs(String engine, @Nullable String image) {
    return image == null
        || image.isEmpty()
        || image.equals(engine)
        || ALSO.getOrDefault(engine, Set.of()).contains(image);
  }

  /**
   * As an OCI index names it.
   *
   * @param engine what the engine was built for: a 32-bit engine on a 64-bit kernel pulls for 32
   * @param machine the kernel's word, which tells the ARM version
   */
  static String name(String engine, @Nullable String machine) {
    return switch (engine) {
      case "arm64" -> "linux/arm64/v8";
      case "arm" -> "armv6l".equals(machine) ? "linux/arm/v6" : "linux/arm/v7";
      default -> "linux/" + engine;
    };
  }
}
