package dev.bumpless.router.table;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private final Map<Endpoint, Backend[]> warm = new HashMap<>();
  private final List<Backend> warmList;

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
    List<Backend> now = app.serving().stream().map(backends::get).toList();
    List<Backend> former = before == null ? List.of() : before.warmAfter(app.serving());
    warmList = former.stream().filter(backends::containsValue).toList();
    for (Endpoint route : app.routes().keySet()) {
      serving.put(route, feeding(now, route));
      warm.put(route, feeding(warmList, route));
    }
  }

  /** Those that served last, if not the same serve again: after a flip the ones it took off. */
  private List<Backend> warmAfter(Set<Instance> next) {
    return next.equals(app.serving())
        ? warmList
        : backends.values().stream()
            .filter(backend -> app.serving().contains(backend.instance()))
            .filter(backend -> !next.contains(backend.instance()))
            .toList();
  }

  private static Backend[] feeding(List<Backend> backends, Endpoint route) {
    return backends.stream()
        .filter(backend -> backend.address(route) != null)
        .toArray(Backend[]::new);
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

  /**
   * Of those that serve the waiter's route and were not tried, the one with least under way; of the
   * warm ones where none is left that can be reached and the waiter may go back.
   */
  @Nullable Backend pick(Waiter waiter) {
    Backend[] now = serving.getOrDefault(waiter.route(), NOBODY);
    Backend best = least(now, waiter);
    if (now.length == 0 || !waiter.mayGoBack() || (best != null && !best.isShunned())) {
      return best;
    }
    Backend back = least(warm.getOrDefault(waiter.route(), NOBODY), waiter);
    return back == null ? best : back;
  }

  private @Nullable Backend least(Backend[] candidates, Waiter waiter) {
    int start = candidates.length > 1 ? Math.floorMod(turn++, candidates.length) : 0;
    Backend best = null;
    for (int i = 0; i < candidates.length; i++) {
      Backend candidate = candidates[(start + i) % candidates.length];
      if (!waiter.hasTried(candidate) && (best == null || candidate.isBetterThan(best))) {
        best = candidate;
      }
    }
    return best;
  }
}
