package dev.bumpless.agent.swap;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Tells one start of an instance's containers from the next. */
final class Lives {
  private Lives() {}

  static String of(List<ObservedContainer> containers) {
    return containers.stream()
        .sorted(Comparator.comparing(ObservedContainer::container))
        .map(c -> c.id() + "@" + c.startedAt() + "+" + c.restarts())
        .collect(Collectors.joining(","));
  }
}
