package dev.bumpless.agent.route;

import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.agent.swap.RouteControl.Hold;
import dev.bumpless.agent.swap.RouteException;
import dev.bumpless.manifest.AppName;
import java.time.Duration;
import java.util.SortedSet;

/** A hold, which lasts no longer than the connection that took it. */
final class RouterHold implements Hold {
  private final ControlConnection router;
  private final AppName app;
  private final String token;
  private final Duration limit;
  private final Duration timeout;

  /**
   * @param limit of the hold
   * @param timeout for an answer that costs the router a disk write at most
   */
  RouterHold(
      ControlConnection router, AppName app, String token, Duration limit, Duration timeout) {
    this.router = router;
    this.app = app;
    this.token = token;
    this.limit = limit;
    this.timeout = timeout;
  }

  @Override
  public void flip(SortedSet<InstanceKey> serving) throws RouteException {
    router.ask("flip " + app + " " + RouterClient.places(serving) + " " + token, timeout);
  }

  /** The router answers before the hold is over, whatever happens. */
  @Override
  public void sync() throws RouteException {
    router.ask("sync " + app + " " + token, limit.plus(timeout));
  }

  @Override
  public Duration release() throws RouteException {
    Answer answer = router.ask("release " + app + " " + token, timeout);
    return Duration.ofNanos(answer.micros("held") * 1_000);
  }

  @Override
  public void close() {
    router.close();
  }
}
