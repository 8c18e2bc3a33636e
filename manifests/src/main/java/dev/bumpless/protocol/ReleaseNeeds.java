package dev.bumpless.protocol;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.manifest.UpgradePolicy.Overlap;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
import dev.bumpless.protocol.Release.PlatformImage;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a release needs of a machine's disk and memory beside what serves there. Controller and
 * device ask here, so that a preview foretells what the device will say.
 *
 * @param name of the release, for a person; it need not be made yet
 * @param images for each container, its platforms and what each weighs
 */
public record ReleaseNeeds(String name, App app, Map<String, Map<String, PlatformImage>> images) {

  /** Unpacked layers beside compressed ones: base images unpack to about 2.5 times their size. */
  public static final int UNPACKED_FACTOR = 3;

  public static final long DISK_RESERVE_BYTES = 128L << 20;
  public static final long MEMORY_RESERVE_BYTES = 64L << 20;

  public ReleaseNeeds {
    images = Map.copyOf(images);
  }

  public static ReleaseNeeds of(Release release) {
    return new ReleaseNeeds(release.id().toString(), release.app(), release.images());
  }

  /**
   * Why the disk is too small, and what to do, for a person; empty where it is large enough.
   *
   * @param isMissing whether an image is to be pulled
   * @param machine its platform
   */
  public Optional<String> diskShortage(
      Predicate<ImageRef> isMissing, String machine, long freeBytes) {
    long compressed = compressedBytes(isMissing, machine);
    long needed = compressed == 0 ? 0 : compressed * UNPACKED_FACTOR + DISK_RESERVE_BYTES;
    return needed <= freeBytes
        ? Optional.empty()
        : Optional.of(
            ("the images of %s need %s of disk beside those that serve (%s compressed, unpacked"
                    + " about %d times that, and %s in reserve), %s are free: free some, or make"
                    + " the images smaller")
                .formatted(
                    name,
                    mebi(needed),
                    mebi(compressed),
                    UNPACKED_FACTOR,
                    mebi(DISK_RESERVE_BYTES),
                    mebi(freeBytes)));
  }

  private long compressedBytes(Predicate<ImageRef> isMissing, String machine) {
    long bytes = 0;
    Set<ImageRef> counted = new HashSet<>();
    for (Container container : app.containers()) {
      if (isMissing.test(container.image()) && counted.add(container.image())) {
        Map<String, PlatformImage> offered = images.getOrDefault(container.name(), Map.of());
        bytes +=
            ImagePlatforms.choose(offered.keySet(), machine)
                .map(offered::get)
                .map(PlatformImage::bytes)
                .orElse(0L);
      }
    }
    return bytes;
  }

  /**
   * How many instances will run beside what runs now, at the most.
   *
   * @param isServed whether a release of the app serves there
   */
  public int instances(boolean isServed) {
    if (!isServed) {
      return app.replicas();
    }
    if (app.upgrade().overlap() == Overlap.NONE) {
      return 0;
    }
    return app.upgrade().strategy() == Strategy.ROLLING ? 1 : app.replicas();
  }

  /**
   * Why there is too little memory, and what to do, for a person; empty where there is enough.
   *
   * @param instances see {@link #instances}
   * @param availableBytes beside what runs now
   */
  public Optional<String> memoryShortage(int instances, long availableBytes) {
    long limits =
        app.containers().stream().mapToLong(c -> c.resources().memoryBytes()).sum() * instances;
    long needed = limits + MEMORY_RESERVE_BYTES;
    return needed <= availableBytes
        ? Optional.empty()
        : Optional.of(
            ("%d instance(s) of %s beside what serves need %s of memory (their limits, and %s in"
                    + " reserve), %s are available: lower 'resources.memory', stop another app, or"
                    + " use 'strategy: rolling' where there are replicas")
                .formatted(
                    instances,
                    app.name(),
                    mebi(needed),
                    mebi(MEMORY_RESERVE_BYTES),
                    mebi(availableBytes)));
  }

  /** Rounded up, for a person. */
  public static String mebi(long bytes) {
    return "%d MiB".formatted((bytes + (1L << 20) - 1) >> 20);
  }
}
