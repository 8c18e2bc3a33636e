package dev.bumpless.manifest;

import dev.bumpless.manifest.shape.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What was found not to fit, and the questions that every part of an app asks. One thread. */
final class Misfits {
  private final List<Misfit> found = new ArrayList<>();

  List<Misfit> list() {
    return List.copyOf(found);
  }

  void tell(String path, String message, String hint) {
    found.add(new Misfit(path, message, hint));
  }

  void exists(String path, String name, List<Container> containers) {
    exists(path, name, Ordered.set(containers.stream().map(Container::name).toList()));
  }

  void exists(String path, String name, Set<String> names) {
    if (!names.contains(name)) {
      String nearest = Nearest.hint(name, names);
      tell(
          path,
          "there is no container '" + name + "'",
          nearest.isEmpty() ? "expected one of " + String.join(", ", names) : nearest);
    }
  }

  /** Whether it is there and has an address of its own in each slot. */
  void isReachable(String path, String name, List<Container> containers) {
    exists(path, name, containers);
    if (containers.stream().anyMatch(c -> c.name().equals(name) && c.security().hostNetwork())) {
      tell(
          path,
          "container '"
              + name
              + "' is on the host's network, where the router cannot tell one"
              + " slot from the other",
          "take off hostNetwork, or this entry");
    }
  }

  /**
   * Tells of what leads from one old instance to one new one where there may be more.
   *
   * @param what it is, at the beginning of a sentence
   */
  void isForOne(String path, String what, int replicas, UpgradePolicy upgrade) {
    if (replicas > 1 || upgrade.strategy() == UpgradePolicy.Strategy.ROLLING) {
      tell(
          path,
          what + " one instance, and there are " + replicas,
          "set replicas: 1 and upgrade.strategy: blue-green, or take it off");
    }
  }
}
