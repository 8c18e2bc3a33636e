package dev.bumpless.router.table;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A record made ready for the data path: its backends, and for each route those that serve. Never
 * changed after it was made; a flip assigns another.
 */
final class Feed {
  private static final Backend[] NOBODY = {};

  private final AppRecord app;
  private final Map<Instance, Backend> backends = new TreeMap<>();
  private final Map<Endpoint, Backend[]> serving = new HashMap<>();

  /** Where the next search begins, so that equals take turns; torn counts do no harm. */
  private int turn;

  /** Backends whose targets have not changed go on with their counters. */
  Feed(AppRecord app, @Nullable Feed before) {
    this.app = app;
    app.targets()
        .forEach(
            (instance, targets) -> {
              Backend known = before == null ? null : before.backends.get(instance);
              backends.put(
                  instance,
                  known != null && known.feeds(targets) ? known : new Backend(instance, targets));
            });
    for (Endpoint route : app.routes().keySet()) {
      List<Backend> feeding =
          app.serving().stream()
              .map(backends::get)
              .filter(backend -> backend.address(route) != null)
              .toList();
      serving.put(route, feeding.toArray(NOBODY));
    }
  }

  AppRecord app() {
    return app;
  }

  Collection<Backend> backends() {
    return backends.values();
  }

  boolean hasServing(Endpoint route) {
    return serving.getOrDefault(route, NOBODY).length > 0;
  }

  /** Of those that serve the waiter's route and were not tried, the one with least under way. */
  @Nullable Backend pick(Waiter waiter) {
    Backend[] candidates = serving.getOrDefault(waiter.route(), NOBODY);
    int start = candidates.length > 1 ? Math.floorMod(turn++, candidates.length) : 0;
    Backend best = null;
    for (int i = 0; i < candidates.length; i++) {
      Backend candidate = candidates[(start + i) % candidates.length];
      if ((best == null || candidate.underway() < best.underway()) && !waiter.hasTried(candidate)) {
        best = candidate;
      }
    }
    return best;
  }
}
