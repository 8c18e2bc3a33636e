package dev.bumpless.agent.swap;

import dev.bumpless.manifest.ImageRef;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** The engine's images. Threads and failures as in {@link ContainerEngine}. */
public interface ImageStore {

  /** Whether the image is there under the digest of the reference. */
  boolean has(ImageRef image) throws EngineException;

  /**
   * Pulls by digest; returns at once where it is there. Gives up soon after {@code cancelled}. What
   * was pulled is remembered as ours, also over a restart.
   */
  void pull(ImageRef image, PullListener listener, BooleanSupplier cancelled)
      throws EngineException;

  /** Removes images that this agent pulled, that are not in {@code keep} and not in use. */
  void collect(Set<ImageRef> keep) throws EngineException;

  /** Compressed bytes; total grows while layers become known. */
  interface PullListener {
    void progress(long doneBytes, long totalBytes);
  }
}
