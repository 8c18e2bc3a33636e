package dev.bumpless.controller;

import dev.bumpless.controller.lease.Turn;
import dev.bumpless.controller.rollout.WaveRollouts;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Moves rollouts in waves on with time: one thread that asks again and again what is due. Of
 * several controllers the one that is on duty does, so that a plan is not made twice; two at once
 * would do no harm, each plans what it reads in its own transaction.
 *
 * <p>A plan reads every device of its rollout, so in a large fleet it takes a while: it then comes
 * less often, and takes at most a tenth of the time.
 */
final class RolloutTimer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(RolloutTimer.class.getName());
  private static final long EVERY_MILLIS = 500;
  private static final int REST = 9;

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
    timer.timer.execute(timer::tick);
    return timer;
  }

  private void tick() {
    long begin = System.nanoTime();
    plan();
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    try {
      var unused =
          timer.schedule(this::tick, Math.max(EVERY_MILLIS, REST * took), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "closed in between");
    }
  }

  /** A failure is logged and tried again: a timer that died would stop every rollout for good. */
  private void plan() {
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
