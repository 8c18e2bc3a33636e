package dev.bumpless.protocol;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Which of an image's platforms a machine runs; both are {@code os/arch[/variant]}, as an OCI index
 * names them. Controller and device ask here, so that neither refuses what the other takes.
 */
public final class ImagePlatforms {
  private ImagePlatforms() {}

  /** The engine's choice among those that are offered; empty where the machine runs none. */
  public static Optional<String> choose(Collection<String> offered, String machine) {
    return runnable(machine).stream()
        .flatMap(wanted -> offered.stream().filter(o -> normal(o).equals(wanted)))
        .findFirst();
  }

  /** What a machine runs, best first: 32-bit ARM runs older variants too. */
  private static List<String> runnable(String machine) {
    String own = normal(machine);
    return switch (own) {
      case "linux/arm/v8" -> List.of(own, "linux/arm/v7", "linux/arm/v6", "linux/arm/v5");
      case "linux/arm/v7" -> List.of(own, "linux/arm/v6", "linux/arm/v5");
      case "linux/arm/v6" -> List.of(own, "linux/arm/v5");
      default -> List.of(own);
    };
  }

  /** As containerd does: the variants that everybody leaves out are left out. */
  private static String normal(String platform) {
    return switch (platform) {
      case "linux/arm64/v8" -> "linux/arm64";
      case "linux/amd64/v1" -> "linux/amd64";
      case "linux/arm" -> "linux/arm/v7";
      default -> platform;
    };
  }
}
