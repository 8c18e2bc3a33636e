package dev.bumpless.router.control;

import dev.bumpless.router.net.Connections;
import dev.bumpless.router.table.Backend;
import dev.bumpless.router.table.Instance;
import dev.bumpless.router.table.RouteTable;
import dev.bumpless.router.table.TableException;
import dev.bumpless.router.table.TableException.Code;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Waits for instances that no longer serve to finish what they have. Because a claim counts itself
 * in before a flip can pass ({@link dev.bumpless.router.table.Gate}), zero means done: nothing can
 * be on its way there.
 */
final class Drain {
  /** Between looks at the counts, in milliseconds. */
  private static final long STEP_MILLIS = 5;

  /** How long what is cut may take to go: a frame of a WebSocket to its end, and its farewell. */
  private static final Duration GRACE = Duration.ofMillis(1_500);

  private final RouteTable table;
  private final Connections connections;

  Drain(RouteTable table, Connections connections) {
    this.table = table;
    this.connections = connections;
  }

  /**
   * Returns how many requests or connections had to be cut. Ends early, and cuts nothing, when an
   * instance serves again: that is a rollback, and what it has under way is wanted.
   */
  int run(String app, Set<Instance> instances, Duration deadline) throws TableException {
    List<Backend> backends = table.retired(app, instances);
    if (await(app, instances, backends, deadline)) {
      return 0;
    }
    int cut = underway(backends);
    connections.cut(backends);
    await(app, instances, backends, GRACE);
    return cut;
  }

  private boolean await(
      String app, Set<Instance> instances, List<Backend> backends, Duration deadline)
      throws TableException {
    long start = System.nanoTime();
    while (underway(backends) > 0) {
      table.retired(app, instances);
      if (System.nanoTime() - start >= deadline.toNanos()) {
        return false;
      }
      pause(app);
    }
    return true;
  }

  private static int underway(List<Backend> backends) {
    return backends.stream().mapToInt(Backend::underway).sum();
  }

  private static void pause(String app) throws TableException {
    try {
      Thread.sleep(STEP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TableException(Code.INVALID, "drain " + app + ": the router stops", e);
    }
  }
}
