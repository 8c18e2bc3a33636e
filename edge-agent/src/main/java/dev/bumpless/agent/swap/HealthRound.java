package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.HealthProbe.Result;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.HealthCheck;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One round of all checks of one instance. */
final class HealthRound {
  private HealthRound() {}

  /**
   * Passes when every container of the app runs and every check passes, in the manifest's order;
   * ends at the first that does not.
   */
  static Result of(App app, List<ObservedContainer> containers, HealthProbe probe) {
    return of(app, containers, probe, app.probe().timeout());
  }

  /**
   * @param timeout of each check
   */
  static Result of(
      App app, List<ObservedContainer> containers, HealthProbe probe, Duration timeout) {
    for (Container wanted : app.containers()) {
      if (!find(containers, wanted.name()).map(ObservedContainer::isRunning).orElse(false)) {
        return new Result(false, "container '" + wanted.name() + "' does not run");
      }
    }
    Result result = new Result(true, "its containers run");
    for (HealthCheck check : app.health()) {
      Optional<ObservedContainer> asked = find(containers, check.container());
      if (asked.isEmpty()) {
        return new Result(false, "container '" + check.container() + "' is not there");
      }
      result = probe.probe(check, asked.get(), timeout);
      if (!result.passed()) {
        return result;
      }
    }
    return result;
  }

  private static Optional<ObservedContainer> find(List<ObservedContainer> all, String name) {
    return all.stream().filter(c -> c.container().equals(name)).findFirst();
  }
}
