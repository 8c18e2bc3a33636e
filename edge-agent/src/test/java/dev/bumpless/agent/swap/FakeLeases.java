package dev.bumpless.agent.swap;

import dev.bumpless.manifest.AppName;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Leases that a test takes. What is closed is gone with the agent, what was taken is not. */
public final class FakeLeases implements Leases {
  private final Ticker ticker;
  private final Map<AppName, Lease> taken = new HashMap<>();
  private final Set<AppName> closed = new HashSet<>();
  private Consumer<AppName> watcher = app -> {};

  FakeLeases(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Whether it was given. */
  public synchronized boolean take(AppName app, Duration length) {
    if (closed.contains(app)) {
      return false;
    }
    taken.put(app, new Lease("batch-7", "tank 4 is being filled", ticker.steady().plus(length)));
    return true;
  }

  public synchronized void giveBack(AppName app) {
    taken.remove(app);
  }

  /** Told of each door that is about to be closed. */
  void watch(Consumer<AppName> newer) {
    watcher = newer;
  }

  synchronized boolean isClosed(AppName app) {
    return closed.contains(app);
  }

  /** The agent that had closed them is gone. */
  synchronized void agentDied() {
    closed.clear();
  }

  @Override
  public synchronized Optional<Lease> on(AppName app) {
    return Optional.ofNullable(taken.get(app)).filter(l -> l.endsAt().isAfter(ticker.steady()));
  }

  @Override
  public synchronized boolean close(AppName app, boolean evenSo) {
    if (!evenSo && on(app).isPresent()) {
      return false;
    }
    watcher.accept(app);
    closed.add(app);
    return true;
  }

  @Override
  public synchronized void open(AppName app) {
    closed.remove(app);
  }
}
