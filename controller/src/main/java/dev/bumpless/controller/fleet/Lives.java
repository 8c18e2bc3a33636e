package dev.bumpless.controller.fleet;

import dev.bumpless.protocol.DeviceId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Which lives of the devices' agents are over because another began. A broker may repeat a message,
 * and a cluster of them may deliver an old one late: what such a life says changes nothing any
 * more. Kept in memory, the last {@link #KEPT} of a device: after a restart of the controller the
 * life that the store names is enough to tell a late will. Used by the link's thread alone.
 */
final class Lives {
  static final int KEPT = 8;

  private final Map<DeviceId, Deque<UUID>> over = new HashMap<>();

  boolean isOver(DeviceId device, UUID boot) {
    Deque<UUID> ended = over.get(device);
    return ended != null && ended.contains(boot);
  }

  /** Another life of that device has begun. */
  void end(DeviceId device, UUID boot) {
    Deque<UUID> ended = over.computeIfAbsent(device, id -> new ArrayDeque<>());
    ended.addLast(boot);
    if (ended.size() > KEPT) {
      ended.removeFirst();
    }
  }
}
