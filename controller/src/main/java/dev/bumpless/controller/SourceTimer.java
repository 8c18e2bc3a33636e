package dev.bumpless.controller;

import dev.bumpless.controller.lease.Turn;
import dev.bumpless.controller.source.Source;
import dev.bumpless.controller.source.Sources;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Has each source look when it is time, on a thread of its own: one that hangs delays no other. Of
 * several controllers the one that is on duty looks.
 */
final class SourceTimer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(SourceTimer.class.getName());
  private static final long EVERY_MILLIS = 1_000;

  private final Turn turn;
  private final InstantSource clock;
  private final ScheduledExecutorService timer;

  private SourceTimer(int threads, Turn turn, InstantSource clock) {
    this.turn = turn;
    this.clock = clock;
    this.timer = Executors.newScheduledThreadPool(threads, work -> new Thread(work, "sources"));
  }

  static SourceTimer start(Sources sources, Turn turn, InstantSource clock) {
    SourceTimer timer = new SourceTimer(sources.all().size(), turn, clock);
    sources.all().forEach(timer::begin);
    return timer;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // it never ends by itself
  private void begin(Source source) {
    timer.scheduleWithFixedDelay(() -> tick(source), 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** A failure is logged and tried again: a timer that died would end the following for good. */
  private void tick(Source source) {
    try {
      if (turn.lease().isPresent()) {
        source.tick(clock.instant());
      }
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "source " + source.name() + " stumbled and goes on", e);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow(); // whoever waits for a remote stops waiting
    try {
      if (!timer.awaitTermination(15, TimeUnit.SECONDS)) {
        LOG.log(Level.WARNING, "a source did not stop within 15 s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
