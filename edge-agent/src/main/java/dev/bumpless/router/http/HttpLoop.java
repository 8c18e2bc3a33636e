package dev.bumpless.router.http;

import dev.bumpless.router.net.Loops;
import dev.bumpless.router.table.Backend;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the HTTP connections of one event loop share: connections to instances that wait for their
 * next request, and a clock that looks at all deadlines twice a second, so that none costs a timer.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells of failures by closing the channel.
final class HttpLoop {
  private static final int TICK_MILLIS = 500;

  private final EventLoop loop;
  private final Loops loops;
  private final HttpLimits limits;
  private final Set<HttpConnection> clients = new HashSet<>();
  private final Map<SocketAddress, Deque<Upstream>> waiting = new HashMap<>();

  HttpLoop(EventLoop loop, Loops loops, HttpLimits limits) {
    this.loop = loop;
    this.loops = loops;
    this.limits = limits;
    loop.scheduleWithFixedDelay(
        () -> tick(System.nanoTime()), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  HttpLimits limits() {
    return limits;
  }

  void opened(HttpConnection client) {
    clients.add(client);
  }

  void closed(HttpConnection client) {
    clients.remove(client);
  }

  /**
   * The connection to this backend that has waited least, if there is one.
   *
   * @param once whether the request must not be sent twice: then only one of which it is as good as
   *     certain that the instance keeps it open
   */
  @Nullable Upstream reuse(Backend backend, SocketAddress address, boolean once) {
    Deque<Upstream> candidates = waiting.get(address);
    if (candidates == null || candidates.isEmpty()) {
      return null;
    }
    long now = System.nanoTime();
    long tooOld = now - limits.pooledTime().toNanos();
    for (Iterator<Upstream> each = candidates.iterator(); each.hasNext(); ) {
      Upstream candidate = each.next();
      if (!candidate.canServe(backend, tooOld)) {
        each.remove();
        candidate.close();
      } else if (!once || candidate.isTrusted(now)) {
        each.remove();
        return candidate;
      }
    }
    return null;
  }

  /** Dials; the search is told how it went. */
  void dial(SocketAddress address, Backend backend, Search search) {
    Upstream.dial(loops.client(loop), address, backend, search, this);
  }

  /** Waits for its next request, or is closed where enough do. */
  void keep(Upstream upstream) {
    Deque<Upstream> others = waiting.computeIfAbsent(upstream.address(), key -> new ArrayDeque<>());
    if (others.size() >= limits.pooledMost()) {
      upstream.close();
    } else {
      others.push(upstream);
    }
  }

  void forget(Upstream upstream) {
    Deque<Upstream> others = waiting.get(upstream.address());
    if (others != null) {
      others.remove(upstream);
    }
  }

  private void tick(long nowNanos) {
    for (HttpConnection client : clients.toArray(new HttpConnection[0])) {
      client.tick(nowNanos);
    }
    long tooOld = nowNanos - limits.pooledTime().toNanos();
    for (Iterator<Deque<Upstream>> all = waiting.values().iterator(); all.hasNext(); ) {
      Deque<Upstream> each = all.next();
      while (!each.isEmpty() && each.peekLast().hasWaitedSince(tooOld)) {
        each.pollLast().close();
      }
      if (each.isEmpty()) {
        all.remove();
      }
    }
  }
}
