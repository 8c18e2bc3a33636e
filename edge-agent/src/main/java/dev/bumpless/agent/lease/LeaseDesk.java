package dev.bumpless.agent.lease;

import dev.bumpless.agent.swap.Leases;
import dev.bumpless.agent.swap.Ticker;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.UpdateLease;
import dev.bumpless.trust.AtomicFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who has an update lease on this device.
 *
 * <h2>Time</h2>
 *
 * While the agent runs a lease ends by the steady clock: a wall clock that is set meanwhile changes
 * nothing. Over a restart of the agent it counts by the wall clock, and never for more than its
 * whole length again.
 *
 * <h2>Crash safety</h2>
 *
 * A lease is on the disk before it is given. One that is given back and not erased, because the
 * disk is full, may come back with the next life of the agent, and ends by itself.
 *
 * <h2>Limits</h2>
 *
 * A lease lasts from 1 s to 24 h and may be renewed; an app has at most {@value #MOST_EACH}, so has
 * the device; each of them is given at most {@value #MOST_TAKES} in 5 minutes, so that nobody wears
 * out the flash. Safe for any thread.
 */
public final class LeaseDesk implements Leases {
  static final Duration SHORTEST = Duration.ofSeconds(1);
  static final Duration LONGEST = Duration.ofHours(24);
  static final int MOST_EACH = 8;
  static final int MOST_TAKES = 10;
  static final Duration TAKES_WITHIN = Duration.ofMinutes(5);

  private static final Logger LOG = System.getLogger(LeaseDesk.class.getName());

  private final LeaseFile file;
  private final Ticker ticker;
  private final Map<LeaseKey, KeptLease> kept = new LinkedHashMap<>();
  private final Set<AppName> closed = new HashSet<>();
  private final Map<Optional<AppName>, Deque<Instant>> takes = new HashMap<>();
  private volatile Runnable listener = () -> {};

  private LeaseDesk(LeaseFile file, Ticker ticker) {
    this.file = file;
    this.ticker = ticker;
  }

  /** With what was given before this start of the agent: the file {@code leases} of the folder. */
  public static LeaseDesk open(Path state, Ticker ticker) throws IOException {
    LeaseFile file = new LeaseFile(new AtomicFile(state.resolve("leases")));
    LeaseDesk desk = new LeaseDesk(file, ticker);
    desk.kept.putAll(file.read(ticker.steady(), ticker.wall()));
    return desk;
  }

  /** Whom to tell of what changed; called by the thread that changed it, must return at once. */
  public void listen(Runnable changed) {
    listener = changed;
  }

  /**
   * Gives a lease, or another length and reason to one that is there.
   *
   * @return when it ends, by the wall clock
   */
  Instant take(LeaseKey key, Duration length, String reason) throws Refusal {
    Instant until = give(key, length, reason);
    LOG.log(
        Level.INFO,
        "event=lease-taken owner={0} app={1} until={2} reason=\"{3}\"",
        key.owner(),
        key.place(),
        until,
        reason);
    listener.run();
    return until;
  }

  private synchronized Instant give(LeaseKey key, Duration length, String reason) throws Refusal {
    Instant now = ticker.steady();
    kept.values().removeIf(lease -> !lease.endsAt().isAfter(now));
    KeptLease lease = checked(key, length, reason, now);
    Map<LeaseKey, KeptLease> newer = new LinkedHashMap<>(kept);
    newer.put(key, lease);
    try {
      file.write(newer, now, ticker.wall());
    } catch (IOException e) {
      throw new Refusal("NOT_STORED", "it cannot be kept on this device: " + e);
    }
    takes.computeIfAbsent(key.app(), app -> new ArrayDeque<>()).addLast(now);
    kept.put(key, lease);
    return ticker.wall().plus(length);
  }

  private KeptLease checked(LeaseKey key, Duration length, String reason, Instant now)
      throws Refusal {
    if (length.compareTo(SHORTEST) < 0 || length.compareTo(LONGEST) > 0) {
      throw new Refusal("LENGTH", "a lease lasts from 1s to 24h; renew it where that is too short");
    }
    try {
      UpdateLease unused = new UpdateLease(key.owner(), key.app(), reason, now);
    } catch (IllegalArgumentException e) {
      throw new Refusal("TEXT", String.valueOf(e.getMessage()));
    }
    Optional<AppName> moving = closed.stream().filter(key::isAbout).sorted(BY_NAME).findFirst();
    if (moving.isPresent()) {
      throw new Refusal(
          "UNDER_WAY", "%s is being swapped; ask again in a moment".formatted(moving.get()));
    }
    long others =
        kept.keySet().stream().filter(k -> k.app().equals(key.app()) && !k.equals(key)).count();
    if (others >= MOST_EACH) {
      throw new Refusal(
          "TOO_MANY", "%d leases are given on %s, the most".formatted(others, key.place()));
    }
    Deque<Instant> lately = takes.getOrDefault(key.app(), new ArrayDeque<>());
    lately.removeIf(at -> !at.plus(TAKES_WITHIN).isAfter(now));
    if (lately.size() >= MOST_TAKES) {
      throw new Refusal(
          "TOO_OFTEN",
          "%d leases in 5 minutes are the most; take a longer one".formatted(MOST_TAKES));
    }
    return new KeptLease(reason, now.plus(length), length);
  }

  private static final Comparator<AppName> BY_NAME = Comparator.comparing(AppName::value);

  /** Fine where there is none. */
  void giveBack(LeaseKey key) {
    boolean wasThere;
    synchronized (this) {
      wasThere = kept.remove(key) != null;
      if (wasThere) {
        tryToWrite();
      }
    }
    if (wasThere) {
      LOG.log(Level.INFO, "event=lease-given-back owner={0} app={1}", key.owner(), key.place());
      listener.run();
    }
  }

  private void tryToWrite() {
    try {
      file.write(kept, ticker.steady(), ticker.wall());
    } catch (IOException e) {
      LOG.log(Level.WARNING, "event=lease-not-erased reason=\"{0}\"", e.getMessage());
    }
  }

  /** What is given now. */
  public synchronized List<UpdateLease> all() {
    Instant now = ticker.steady();
    Instant wall = ticker.wall();
    return kept.entrySet().stream()
        .filter(e -> e.getValue().endsAt().isAfter(now))
        .map(
            e ->
                new UpdateLease(
                    e.getKey().owner(),
                    e.getKey().app(),
                    e.getValue().reason(),
                    wall.plus(Duration.between(now, e.getValue().endsAt()))))
        .toList();
  }

  @Override
  public synchronized Optional<Lease> on(AppName app) {
    Instant now = ticker.steady();
    return kept.entrySet().stream()
        .filter(e -> e.getKey().isAbout(app) && e.getValue().endsAt().isAfter(now))
        .max(Comparator.comparing(e -> e.getValue().endsAt()))
        .map(e -> new Lease(e.getKey().owner(), e.getValue().reason(), e.getValue().endsAt()));
  }

  @Override
  public synchronized boolean close(AppName app, boolean evenSo) {
    if (!evenSo && on(app).isPresent()) {
      return false;
    }
    closed.add(app);
    return true;
  }

  @Override
  public synchronized void open(AppName app) {
    closed.remove(app);
  }
}
