package dev.bumpless.agent.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.model.PullResponseItem;
import com.github.dockerjava.api.model.ResponseItem;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.ImageStore.PullListener;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Follows one pull: adds up its layers, notices when nothing moves any more and when nobody wants
 * it any longer. The engine stops a pull when the connection that asked for it is closed.
 */
final class PullWatch extends ResultCallback.Adapter<PullResponseItem> {
  private static final Duration LOOK = Duration.ofMillis(200);

  private final String tried;
  private final PullListener listener;
  private final Duration stall;
  private final Map<String, Layer> layers = new LinkedHashMap<>();

  /** Of its own: the library's way to wait with a limit closes the stream when it is over. */
  private final CountDownLatch ended = new CountDownLatch(1);

  private volatile long lastProgressNanos = System.nanoTime();
  private volatile @Nullable String refused;
  private volatile @Nullable Throwable broken;

  PullWatch(String tried, PullListener listener, Duration stall) {
    this.tried = tried;
    this.listener = listener;
    this.stall = stall;
  }

  /** Compressed bytes of one layer. */
  private record Layer(long doneBytes, long totalBytes) {}

  /** Runs the pull; returns when the engine has the image. */
  void await(PullImageCmd command, BooleanSupplier cancelled) throws EngineException {
    try (this) {
      command.exec(this);
      while (!ended.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        giveUpWhere(cancelled);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw transientFailure("given up, the agent is stopping");
    } catch (IOException e) {
      throw EngineFailure.of(tried, e);
    } catch (RuntimeException e) {
      broken = broken == null ? e : broken;
    }
    String why = refused;
    if (why != null) {
      throw EngineFailure.of(tried, why);
    }
    Throwable cause = broken;
    if (cause != null) {
      throw EngineFailure.of(tried, cause);
    }
  }

  private void giveUpWhere(BooleanSupplier cancelled) throws EngineException {
    if (cancelled.getAsBoolean()) {
      throw transientFailure("it was cancelled");
    }
    long quietNanos = System.nanoTime() - lastProgressNanos;
    if (quietNanos > stall.toNanos()) {
      throw transientFailure(
          "nothing has moved for %d s. Check the way to the registry; it will be tried again"
              .formatted(stall.toSeconds()));
    }
  }

  private EngineException transientFailure(String why) {
    return new EngineException(
        EngineException.Kind.TRANSIENT, "%s failed: %s.".formatted(tried, why));
  }

  @Override
  public void onNext(PullResponseItem item) {
    lastProgressNanos = System.nanoTime();
    if (item.getErrorDetail() != null && item.getErrorDetail().getMessage() != null) {
      refused = item.getErrorDetail().getMessage();
    } else if (item.getId() != null && item.getStatus() != null) {
      layer(item.getId(), item.getStatus(), item.getProgressDetail());
    }
  }

  @Override
  public void onError(Throwable throwable) {
    if (ended.getCount() > 0) {
      broken = throwable;
    }
    ended.countDown();
    super.onError(throwable);
  }

  /** Interrupts the stream's thread, whose complaint about it means nothing. */
  @Override
  public void close() throws IOException {
    ended.countDown();
    super.close();
  }

  @Override
  public void onComplete() {
    ended.countDown();
    super.onComplete();
  }

  private void layer(String id, String status, ResponseItem.@Nullable ProgressDetail progress) {
    switch (status) {
      case "Downloading" -> {
        if (progress != null && progress.getTotal() != null && progress.getCurrent() != null) {
          layers.put(id, new Layer(progress.getCurrent(), progress.getTotal()));
          tell();
        }
      }
      case "Download complete", "Pull complete" -> {
        layers.computeIfPresent(id, (i, layer) -> new Layer(layer.totalBytes, layer.totalBytes));
        tell();
      }
      default -> {
        // waiting, verifying, extracting: signs of life, no bytes
      }
    }
  }

  private void tell() {
    listener.progress(
        layers.values().stream().mapToLong(Layer::doneBytes).sum(),
        layers.values().stream().mapToLong(Layer::totalBytes).sum());
  }
}
