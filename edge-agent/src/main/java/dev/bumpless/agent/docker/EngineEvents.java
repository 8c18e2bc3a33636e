package dev.bumpless.agent.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import dev.bumpless.agent.swap.EngineException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Listens to the engine's events for as long as it is open and connects again whenever the stream
 * ends. Events are a hint to look, never the truth: the engine keeps only the last 256, so after
 * every connect the callback is called too, and whoever it wakes lists everything.
 */
final class EngineEvents implements AutoCloseable {
  private static final Logger LOG = System.getLogger(EngineEvents.class.getName());
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** {@code start}, because after a crash it tells that the engine has restarted a container. */
  private static final String[] KINDS = {"die", "oom", "start", "restart", "health_status"};

  private final DockerConnection engine;
  private final String space;
  private final Runnable changed;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  private EngineEvents(DockerConnection engine, String space, Runnable changed) {
    this.engine = engine;
    this.space = space;
    this.changed = changed;
    this.thread = new Thread(this::listen, "docker-events");
    this.thread.setDaemon(true);
  }

  static EngineEvents start(DockerConnection engine, String space, Runnable changed) {
    EngineEvents events = new EngineEvents(engine, space, changed);
    events.thread.start();
    return events;
  }

  private void listen() {
    Duration pause = Duration.ofSeconds(1);
    try {
      while (!isClosing()) {
        Instant began = Instant.now();
        streamOnce();
        boolean wasLong = Duration.between(began, Instant.now()).compareTo(LONGEST_PAUSE) > 0;
        pause = wasLong ? Duration.ofSeconds(1) : min(pause.multipliedBy(2), LONGEST_PAUSE);
        if (closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void streamOnce() throws InterruptedException {
    try (Stream stream = new Stream()) {
      engine
          .client("listening to the engine's events")
          .eventsCmd()
          .withEventTypeFilter(EventType.CONTAINER)
          .withEventFilter(KINDS)
          .withLabelFilter(Map.of(Labels.SPACE, space))
          .withSince(String.valueOf(Instant.now().getEpochSecond() - 1))
          .exec(stream);
      changed.run();
      stream.awaitEnd();
    } catch (EngineException | IOException | RuntimeException e) {
      LOG.log(Level.DEBUG, () -> "event=engine-events-lost reason=\"" + e.getMessage() + '"');
    }
    if (!isClosing()) {
      changed.run();
    }
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  @Override
  public void close() {
    closing.countDown();
    thread.interrupt();
  }

  private final class Stream extends ResultCallback.Adapter<Event> {
    @Override
    public void onNext(Event event) {
      changed.run();
    }

    /** Returns when the stream has ended, however that came. */
    void awaitEnd() throws InterruptedException {
      try {
        awaitCompletion();
      } catch (RuntimeException broken) {
        LOG.log(Level.DEBUG, () -> "event=engine-events-ended reason=\"" + broken + '"');
      }
    }
  }
}
