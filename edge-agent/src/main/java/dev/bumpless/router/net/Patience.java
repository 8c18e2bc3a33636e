package dev.bumpless.router.net;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/**
 * A client's wait while no instance can be reached, such as between the death of the only one and
 * its restart: the search is begun again every 50 ms for 2 s. Belongs to the client's loop.
 */
public final class Patience {
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int PAUSE_MILLIS = 50;

  private boolean began;
  private long endNanos;

  /**
   * Runs {@code search} on the loop after a pause.
   *
   * @return false, and nothing is run, when 2 s have passed since the first call
   */
  @SuppressWarnings("FutureReturnValueIgnored") // A loop that shuts down has no more clients.
  public boolean again(EventLoop loop, Runnable search) {
    long now = System.nanoTime();
    if (!began) {
      began = true;
      endNanos = now + LIMIT_NANOS;
    }
    if (now - endNanos >= 0) {
      return false;
    }
    loop.schedule(search, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    return true;
  }
}
