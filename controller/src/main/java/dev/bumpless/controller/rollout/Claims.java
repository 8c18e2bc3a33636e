package dev.bumpless.controller.rollout;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.DeviceId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which rollout has which device, while a pass goes through them from the newest on.
 *
 * <p>A newer one takes the devices that an older one has. A device that came later was asked of
 * neither by a person, so it stays where it is, or enters the first that comes: a second one would
 * order it over the first. The other looks at it again when it is free.
 */
final class Claims {
  private final Set<AppAndDevice> taken = new HashSet<>();
  private final Set<AppAndDevice> reserved = new HashSet<>();

  Claims(List<Rollout> rollouts) {
    rollouts.forEach(r -> r.reserved().forEach(d -> reserved.add(new AppAndDevice(r.app(), d))));
  }

  /** All that a rollout has when its turn is over, those included that it has just admitted. */
  void take(AppName app, Set<DeviceId> devices) {
    devices.forEach(device -> taken.add(new AppAndDevice(app, device)));
  }

  /**
   * @param matching devices that the rollout is for today, whoever has them
   */
  Surroundings around(Rollout rollout, Map<DeviceId, Optional<String>> matching) {
    Set<DeviceId> takenHere =
        rollout.targets().stream()
            .map(Target::device)
            .filter(device -> taken.contains(new AppAndDevice(rollout.app(), device)))
            .collect(Collectors.toSet());
    Map<DeviceId, Optional<String>> free = new HashMap<>(matching);
    free.keySet().removeIf(device -> isClaimed(new AppAndDevice(rollout.app(), device)));
    return new Surroundings(takenHere, free);
  }

  private boolean isClaimed(AppAndDevice device) {
    return taken.contains(device) || reserved.contains(device);
  }

  private record AppAndDevice(AppName app, DeviceId device) {}
}
