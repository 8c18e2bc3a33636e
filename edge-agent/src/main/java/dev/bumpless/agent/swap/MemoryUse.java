package dev.bumpless.agent.swap;

/**
 * What an instance uses of its memory, told of the one container that is nearest to its limit: that
 * one is killed first.
 *
 * @param container its name in the manifest
 * @param usedBytes less the file cache that the kernel gives back when asked
 * @param limitBytes the machine's memory where the manifest sets no limit
 */
public record MemoryUse(String container, long usedBytes, long limitBytes) {
  public MemoryUse {
    if (usedBytes < 0 || limitBytes <= 0) {
      throw new IllegalArgumentException(
          "'%s' uses %d of %d bytes".formatted(container, usedBytes, limitBytes));
    }
  }

  /** From 0 to 1. */
  public double share() {
    return (double) usedBytes / limitBytes;
  }
}
