package dev.bumpless.agent.swap;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.bumpless.agent.swap.ImageStore.PullListener;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.ImageRef;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The images of all apps of the device. Safe for any thread: nothing is collected while anything is
 * pulled, and what is kept is asked for when nothing can be pulled.
 */
final class ImageShelf {
  private final ImageStore images;
  private final Supplier<Set<ImageRef>> kept;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  /**
   * @param kept the images of every release that serves, served before it, or is ordered
   */
  ImageShelf(ImageStore images, Supplier<Set<ImageRef>> kept) {
    this.images = images;
    this.kept = kept;
  }

  /** What an app needs. */
  static Set<ImageRef> images(App app) {
    return app.containers().stream().map(Container::image).collect(toUnmodifiableSet());
  }

  Set<ImageRef> missing(App app) throws EngineException {
    Set<ImageRef> missing = new HashSet<>();
    for (ImageRef image : images(app)) {
      if (!images.has(image)) {
        missing.add(image);
      }
    }
    return missing;
  }

  void pull(ImageRef image, PullListener listener, BooleanSupplier cancelled)
      throws EngineException {
    lock.readLock().lock();
    try {
      images.pull(image, listener, cancelled);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Returns false at once while something is pulled. */
  boolean collect() throws EngineException {
    if (!lock.writeLock().tryLock()) {
      return false;
    }
    try {
      images.collect(kept.get());
      return true;
    } finally {
      lock.writeLock().unlock();
    }
  }
}
