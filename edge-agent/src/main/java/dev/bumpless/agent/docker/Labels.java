package dev.bumpless.agent.docker;

import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.agent.swap.Slot;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is written on every container, network and volume, and read back from it: the engine's own
 * record of what is ours. Names are never parsed.
 *
 * @param order place in the start order of its instance, 0 and up
 */
record Labels(InstanceKey instance, Revision revision, String container, int order) {
  static final String SPACE = "dev.bumpless.space";
  static final String APP = "dev.bumpless.app";
  static final String RELEASE = "dev.bumpless.release";
  static final String ATTEMPT = "dev.bumpless.attempt";
  static final String SLOT = "dev.bumpless.slot";
  static final String INSTANCE = "dev.bumpless.instance";
  static final String CONTAINER = "dev.bumpless.container";
  static final String ORDER = "dev.bumpless.order";

  Map<String, String> toMap(String space) {
    Map<String, String> map = ofInstance(space, instance);
    map.put(RELEASE, revision.release().toString());
    map.put(ATTEMPT, String.valueOf(revision.attempt()));
    map.put(CONTAINER, container);
    map.put(ORDER, String.valueOf(order));
    return map;
  }

  static Map<String, String> ofInstance(String space, InstanceKey instance) {
    Map<String, String> map = new LinkedHashMap<>();
    map.put(SPACE, space);
    map.put(APP, instance.app().value());
    map.put(SLOT, instance.slot().label());
    map.put(INSTANCE, String.valueOf(instance.number()));
    return map;
  }

  /** Empty where somebody else wrote them, or an agent that knew other words. */
  static Optional<Labels> parse(Map<String, String> map) {
    try {
      return Optional.of(
          new Labels(
              instanceOf(map),
              new Revision(
                  ReleaseId.parse(map.getOrDefault(RELEASE, "")),
                  Integer.parseInt(map.getOrDefault(ATTEMPT, ""))),
              map.getOrDefault(CONTAINER, ""),
              Integer.parseInt(map.getOrDefault(ORDER, "0"))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static InstanceKey instanceOf(Map<String, String> map) {
    return new InstanceKey(
        new AppName(map.getOrDefault(APP, "")),
        Slot.parse(map.getOrDefault(SLOT, "")),
        Integer.parseInt(map.getOrDefault(INSTANCE, "")));
  }
}
