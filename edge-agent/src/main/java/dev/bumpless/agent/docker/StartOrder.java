package dev.bumpless.agent.docker;

import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Container;
import java.util.ArrayList;
import java.util.List;

/** Containers so that each comes after all that it depends on, else as the manifest has them. */
final class StartOrder {
  private StartOrder() {}

  static List<Container> of(App app) throws EngineException {
    List<Container> ordered = new ArrayList<>();
    List<Container> waiting = new ArrayList<>(app.containers());
    while (!waiting.isEmpty()) {
      Container next =
          waiting.stream()
              .filter(c -> isReady(c, ordered))
              .findFirst()
              .orElseThrow(() -> circle(app, waiting));
      ordered.add(next);
      waiting.remove(next);
    }
    return ordered;
  }

  private static boolean isReady(Container container, List<Container> ordered) {
    return container.dependsOn().stream()
        .allMatch(name -> ordered.stream().anyMatch(c -> c.name().equals(name)));
  }

  private static EngineException circle(App app, List<Container> waiting) {
    return new EngineException(
        EngineException.Kind.PERMANENT,
        "Starting app %s is not possible: %s depend on each other or on a container that is not there. Correct dependsOn."
            .formatted(app.name(), waiting.stream().map(Container::name).toList()));
  }
}
