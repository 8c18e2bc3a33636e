package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.RouteException.Kind;
import dev.bumpless.agent.swap.StateCopy.Phase;
import dev.bumpless.agent.swap.StateCopy.WayBack;
import dev.bumpless.manifest.AppName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The copies of a {@link FakeRouter}: a copy is whole at the second look, carries what was written
 * at each look after that, ends when either side is started anew, and turns around with a flip that
 * was synced. What clients write is a number that grows.
 */
public final class FakeCopies {
  private static final class Copy {
    final String id;
    InstanceKey from;
    InstanceKey to;
    Phase phase = Phase.COPYING;
    WayBack wayBack = WayBack.NONE;
    String reason = "";
    String lives;
    boolean isDirty;
    Object synced;

    Copy(String id, InstanceKey from, InstanceKey to, String lives) {
      this.id = id;
      this.from = from;
      this.to = to;
      this.lives = lives;
    }
  }

  private final FakeEngine engine;
  private final Map<AppName, Copy> copies = new HashMap<>();
  private final Map<AppName, Long> acknowledged = new HashMap<>();
  private boolean isLazy;
  private Optional<String> doom = Optional.empty();
  private int started;

  FakeCopies(FakeEngine engine) {
    this.engine = engine;
  }

  /** Carries nothing but in a sync from now on. */
  public void lazy(boolean newer) {
    isLazy = newer;
  }

  /** Every copy fails for that reason from now on; empty: no longer. */
  public void doom(Optional<String> newer) {
    doom = newer;
  }

  /** How many were begun. */
  public int started() {
    return started;
  }

  /** A client's write to who serves; acknowledged if that runs. */
  public void write(AppName app, SortedSet<InstanceKey> serving) {
    long value = acknowledged.getOrDefault(app, 0L) + 1;
    if (serving.size() == 1 && engine.write(serving.first(), value)) {
      acknowledged.put(app, value);
      Copy copy = copies.get(app);
      if (copy != null && copy.from.equals(serving.first())) {
        copy.isDirty = true;
      }
    }
  }

  /** The last write that a client has an answer to. */
  public long acknowledged(AppName app) {
    return acknowledged.getOrDefault(app, 0L);
  }

  /** What was acknowledged before is gone with who had it, and nobody was promised otherwise. */
  public void forgive(AppName app, long value) {
    acknowledged.put(app, value);
  }

  void start(AppName app, InstanceKey from, InstanceKey to, SortedSet<InstanceKey> serving) {
    Optional<StateCopy> known = look(app, serving);
    if (known.filter(c -> c.leads(from, to) && !c.isOver()).isEmpty()) {
      started++;
      copies.put(app, new Copy("boot-copy-" + started, from, to, lives(from, to)));
    }
  }

  private String lives(InstanceKey from, InstanceKey to) {
    Set<InstanceKey> both = new TreeSet<>(Set.of(from, to));
    return engine.observed().stream()
        .filter(c -> both.contains(c.instance()))
        .map(c -> c.id() + c.startedAt() + c.state() + c.restarts())
        .sorted()
        .toList()
        .toString();
  }

  Optional<StateCopy> look(AppName app, SortedSet<InstanceKey> serving) {
    Copy copy = copies.get(app);
    if (copy == null) {
      return Optional.empty();
    }
    step(copy, serving);
    boolean isClosed = copy.wayBack != WayBack.NONE && copy.phase != Phase.WHOLE;
    return Optional.of(
        new StateCopy(
            copy.id,
            copy.from,
            copy.to,
            copy.phase,
            1,
            0,
            copy.isDirty ? 1 : 0,
            isClosed ? WayBack.CLOSED : copy.wayBack,
            copy.reason));
  }

  private void step(Copy copy, SortedSet<InstanceKey> serving) {
    if (copy.phase == Phase.FAILED) {
      return;
    }
    if (doom.isPresent()) {
      copy.isDirty = true;
      fail(copy, doom.get());
    } else if (!lives(copy.from, copy.to).equals(copy.lives)) {
      fail(copy, "one of both has ended its connection");
    } else if (!serving.equals(new TreeSet<>(Set.of(copy.from)))) {
      fail(copy, "flipped without a sync");
    } else if (copy.phase == Phase.COPYING) {
      copy.phase = Phase.VERIFYING;
    } else if (copy.phase == Phase.VERIFYING) {
      carry(copy);
      copy.phase = Phase.WHOLE;
    } else if (!isLazy) {
      carry(copy);
    }
  }

  private void carry(Copy copy) {
    if (engine.write(copy.to, engine.memory(copy.from))) {
      copy.isDirty = false;
    }
  }

  private static void fail(Copy copy, String why) {
    copy.phase = Phase.FAILED;
    copy.reason = why;
  }

  void sync(AppName app, Object hold) throws RouteException {
    Copy copy = copies.get(app);
    if (copy == null || copy.phase != Phase.WHOLE) {
      throw new RouteException(Kind.STATE, "the copy is not whole");
    }
    if (!lives(copy.from, copy.to).equals(copy.lives)) {
      fail(copy, "one of both has ended its connection");
      throw new RouteException(Kind.STATE, copy.reason);
    }
    carry(copy);
    copy.synced = hold;
  }

  void flipped(AppName app, Object hold, SortedSet<InstanceKey> serving) {
    Copy copy = copies.get(app);
    if (copy == null || copy.phase == Phase.FAILED) {
      return;
    }
    if (copy.synced == hold && serving.equals(new TreeSet<>(Set.of(copy.to)))) {
      InstanceKey before = copy.from;
      copy.from = copy.to;
      copy.to = before;
      copy.wayBack = WayBack.OPEN;
    } else if (!serving.equals(new TreeSet<>(Set.of(copy.from)))) {
      fail(copy, "flipped without a sync");
    }
  }

  void forget(AppName app) {
    copies.remove(app);
  }

  void clear() {
    copies.clear();
  }
}
