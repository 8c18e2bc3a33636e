package dev.bumpless.controller.rollout;

import dev.bumpless.protocol.DeviceId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a plan needs to know besides the rollout.
 *
 * @param taken devices that a newer rollout of the same app has
 * @param matching devices that the rollout is for today and that no other rollout of the app has,
 *     with their sites; those that it has already may be among them or not
 */
public record Surroundings(Set<DeviceId> taken, Map<DeviceId, Optional<String>> matching) {
  public static final Surroundings NONE = new Surroundings(Set.of(), Map.of());

  public Surroundings {
    taken = Set.copyOf(taken);
    matching = Map.copyOf(matching);
  }
}
