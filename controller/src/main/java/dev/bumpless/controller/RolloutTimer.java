package dev.bumpless.controller;

import dev.bumpless.controller.lease.Turn;
import dev.bumpless.controller.rollout.WaveRollouts;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Moves rollouts in waves on with time: one thread that asks again and again what is due. Of
 * several controllers the one that is on duty does, so that a plan is not made twice; two at once
 * would do no harm, each plans what it reads in its own transaction.
 */
final class RolloutTimer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(RolloutTimer.class.getName());
  private static final long EVERY_MILLIS = 500;

  private final WaveRollouts waves;
  private final Turn turn;
  private final InstantSource clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "rollouts"));

  private RolloutTimer(WaveRollouts waves, Turn turn, InstantSource clock) {
    this.waves = waves;
    this.turn = turn;
    this.clock = clock;
  }

  static RolloutTimer start(WaveRollouts waves, Turn turn, InstantSource clock) {
    RolloutTimer timer = new RolloutTimer(waves, turn, clock);
    timer.begin();
    return timer;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // it never ends by itself
  private void begin() {
    timer.scheduleWithFixedDelay(this::tick, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** A failure is logged and tried again: a timer that died would stop every rollout for good. */
  private void tick() {
    try {
      if (turn.lease().isPresent()) {
        waves.tick(clock.instant());
      }
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "the rollouts stumbled and go on", e);
    }
  }

  @Override
  public void close() {
    timer.shutdown();
    try {
      if (!timer.awaitTermination(15, TimeUnit.SECONDS)) {
        timer.shutdownNow();
      }
    } catch (InterruptedException e) {
      timer.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
