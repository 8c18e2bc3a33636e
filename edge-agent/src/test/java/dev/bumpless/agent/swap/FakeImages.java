package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.EngineException.Kind;
import dev.bumpless.manifest.ImageRef;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** The images of a {@link FakeEngine}. */
public final class FakeImages implements ImageStore {
  private final Calls calls;
  private final FakeEngine engine;
  private final Set<ImageRef> images = new HashSet<>();
  private Runnable whilePulling = () -> {};

  public FakeImages(Calls calls, FakeEngine engine) {
    this.calls = calls;
    this.engine = engine;
    engine.imagesIn(images::contains);
  }

  /** Runs in the middle of every pull. */
  public void whilePulling(Runnable happens) {
    whilePulling = happens;
  }

  public Set<ImageRef> all() {
    return Set.copyOf(images);
  }

  @Override
  public boolean has(ImageRef image) throws EngineException {
    return calls.call("images.has", FakeImages::failure, () -> images.contains(image));
  }

  @Override
  public void pull(ImageRef image, PullListener listener, BooleanSupplier cancelled)
      throws EngineException {
    calls.call(
        "images.pull " + image.repository(),
        FakeImages::failure,
        () -> {
          listener.progress(1, 2);
          whilePulling.run();
          if (!cancelled.getAsBoolean()) {
            images.add(image);
          }
          return null;
        });
  }

  @Override
  public void collect(Set<ImageRef> keep) throws EngineException {
    calls.call(
        "images.collect",
        FakeImages::failure,
        () -> images.removeIf(i -> !keep.contains(i) && !engine.uses(i)));
  }

  private static EngineException failure(Calls.Failure failure) {
    return new EngineException(
        failure.isPermanent() ? Kind.PERMANENT : Kind.TRANSIENT, failure.message());
  }
}
