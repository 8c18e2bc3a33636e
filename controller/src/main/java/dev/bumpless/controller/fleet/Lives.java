package dev.bumpless.controller.fleet;

import dev.bumpless.protocol.DeviceId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * The present life of each device's agent, and which ones are over because another began. A broker
 * may repeat a message, and a cluster of them may deliver an old one late: what a life says that is
 * over changes nothing any more.
 *
 * <p>Kept in memory: the present ones so that a report costs no look into the store, and the last
 * {@link #KEPT} that are over; after a restart of the controller the life that the store names is
 * enough to tell a late will. Used by the link's thread alone.
 */
final class Lives {
  static final int KEPT = 8;

  private final Map<DeviceId, Life> present = new HashMap<>();
  private final Map<DeviceId, Deque<UUID>> over = new HashMap<>();
  private final Set<DeviceId> heardHere = new HashSet<>();

  /** What the store named before anything was heard, where another life was heard first. */
  private final Map<DeviceId, Life> onlyStored = new HashMap<>();

  /** Heard before the present one, which has not shown yet that it lives. */
  private final Map<DeviceId, Set<UUID>> undecided = new HashMap<>();

  boolean isOver(DeviceId device, UUID boot) {
    Deque<UUID> ended = over.get(device);
    return ended != null && ended.contains(boot);
  }

  /**
   * @param stored asked where it is not known here
   */
  Life present(DeviceId device, Function<DeviceId, Life> stored) {
    return present.computeIfAbsent(device, stored);
  }

  /**
   * From now on that is the present one; another than before ends that, if that was heard here. One
   * that the store alone names may be newer: a broker that lost its last minutes repeats a birth of
   * before. Or it is over, and a late word of it comes: so nothing but a report that the store does
   * not have shows that it lives, and ends the one that was heard first. Without one the next word
   * of either tells.
   */
  void go(DeviceId device, Life next) {
    Life before = present.put(device, next);
    boolean wasHeard = !heardHere.add(device);
    if (before != null && before.boot().isPresent() && !before.boot().equals(next.boot())) {
      if (wasHeard) {
        undecided.computeIfAbsent(device, id -> new HashSet<>()).add(before.boot().get());
      } else {
        onlyStored.put(device, before);
      }
    }
    if (undecided.containsKey(device) && isNews(device, next)) {
      undecided.remove(device).stream()
          .filter(boot -> !next.is(boot))
          .forEach(boot -> end(device, boot));
    }
  }

  private boolean isNews(DeviceId device, Life next) {
    Life stored = onlyStored.get(device);
    return stored == null || !stored.boot().equals(next.boot()) || next.number() > stored.number();
  }

  private void end(DeviceId device, UUID boot) {
    Deque<UUID> ended = over.computeIfAbsent(device, id -> new ArrayDeque<>());
    ended.addLast(boot);
    if (ended.size() > KEPT) {
      ended.removeFirst();
    }
  }

  /** The store knows better what is present: another controller, or nobody, wrote meanwhile. */
  void forgetPresent() {
    present.clear();
    heardHere.clear();
    onlyStored.clear();
    undecided.clear();
  }
}
