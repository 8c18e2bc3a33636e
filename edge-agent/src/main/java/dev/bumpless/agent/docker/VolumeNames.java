package dev.bumpless.agent.docker;

import dev.bumpless.agent.swap.Slot;
import dev.bumpless.manifest.AppName;
import java.util.Optional;

/**
 * What the engine calls the named volumes of an app. Volumes that slots share have had no label for
 * their name in the manifest since the first agent, so here a name does tell something.
 */
record VolumeNames(String space, AppName app) {

  /** Both slots mount it. */
  String shared(String source) {
    return "bumpless_%s_%s_%s".formatted(space, app, source);
  }

  /** One slot mounts it. No app's name has a dot, so it is never another one's. */
  String own(Slot slot, String source) {
    return "bumpless_%s_%s.%s_%s".formatted(space, app, slot, source);
  }

  /** Its name in the manifest; empty where it is none of the app's. */
  Optional<String> source(String name) {
    for (String prefix : new String[] {own(Slot.BLUE, ""), own(Slot.GREEN, ""), shared("")}) {
      if (name.startsWith(prefix)) {
        return Optional.of(name.substring(prefix.length()));
      }
    }
    return Optional.empty();
  }
}
