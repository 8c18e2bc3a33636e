package dev.bumpless.controller.rollout;

import dev.bumpless.protocol.DeviceId;
import java.util.Set;

/** Told that devices have new orders, so that they are delivered at once. Must only enqueue. */
public interface OrderListener {
  void ordered(Set<DeviceId> devices);
}
