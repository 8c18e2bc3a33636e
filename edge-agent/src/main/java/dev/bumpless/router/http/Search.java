package dev.bumpless.router.http;

import dev.bumpless.router.net.Patience;
import dev.bumpless.router.table.Backend;
import dev.bumpless.router.table.Endpoint;
import dev.bumpless.router.table.Waiter;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request's search for an instance: claims one, finds or dials a connection to it, and looks for
 * another where that fails. Belongs to the client's loop; only {@link #claimed} and {@link
 * #refused} may be called by others, and hop onto it.
 *
 * <h2>When a request is sent again</h2>
 *
 * Never once a byte of an answer has been read. Before: where the dial failed, always, for nothing
 * was sent. After the request went out on a connection that then ended, only if its method is
 * idempotent and it has no body. The first time that this happens on a connection that was used
 * before, the instance is asked again on a fresh one (it had closed an idle connection, which is no
 * fault); else it is counted as a failure and another is asked. What may not be sent again is
 * answered 502, and so is what was sent {@value #MOST_SENT} times: it may be what the instances die
 * of. Where no instance can be reached at all, the search is begun again for a while ({@link
 * Patience}).
 */
final class Search implements Waiter {
  private static final int MOST_SENT = 3;

  private final HttpConnection client;
  private final Exchange exchange;
  private final boolean repeatable;
  private final int parkedBytes;

  private final Patience patience = new Patience();
  private List<Backend> tried = List.of();
  private int sent;
  private boolean distrustsPool;
  private @Nullable Backend backend;

  /**
   * @param repeatable whether the request may be sent again after it went out
   * @param parkedBytes what it takes of memory while it is parked
   */
  Search(HttpConnection client, Exchange exchange, boolean repeatable, int parkedBytes) {
    this.client = client;
    this.exchange = exchange;
    this.repeatable = repeatable;
    this.parkedBytes = parkedBytes;
  }

  void begin() {
    client.gate().claim(this);
  }

  @Override
  public Endpoint route() {
    return client.route();
  }

  @Override
  public boolean hasTried(Backend candidate) {
    return tried.contains(candidate);
  }

  @Override
  public boolean mayGoBack() {
    return repeatable;
  }

  @Override
  public int parkedBytes() {
    return parkedBytes;
  }

  @Override
  public void claimed(Backend chosen) {
    if (client.isOnLoop()) {
      use(chosen);
    } else {
      client.execute(() -> use(chosen));
    }
  }

  @Override
  public void refused(Refusal why) {
    if (client.isOnLoop()) {
      giveUp(why);
    } else {
      client.execute(() -> giveUp(why));
    }
  }

  private void giveUp(Refusal why) {
    switch (why) {
      case NOBODY_SERVES -> exchange.nobodyServes();
      case TOO_MANY_PARKED ->
          exchange.answer(HttpResponseStatus.SERVICE_UNAVAILABLE, "too many requests are waiting");
      case ALL_TRIED -> beginAgain();
    }
  }

  /** Whatever comes here may be sent again, or was sent to nobody yet. */
  private void beginAgain() {
    if (!patience.again(client.eventLoop(), this::claimAfresh)) {
      exchange.answer(HttpResponseStatus.BAD_GATEWAY, "no instance answers");
    }
  }

  private void claimAfresh() {
    if (exchange.isUnanswered()) {
      tried = List.of();
      client.gate().claim(this);
    }
  }

  private void use(Backend chosen) {
    InetSocketAddress address = chosen.address(client.route());
    if (!exchange.isUnanswered() || address == null) {
      chosen.finished();
      return;
    }
    backend = chosen;
    Upstream kept = distrustsPool ? null : client.loop().reuse(chosen, address, !repeatable);
    if (kept == null) {
      client.loop().dial(address, chosen, this);
    } else {
      send(kept);
    }
  }

  void dialled(Upstream fresh) {
    if (exchange.isUnanswered()) {
      send(fresh);
    } else {
      fresh.close();
    }
  }

  private void send(Upstream to) {
    sent++;
    exchange.send(to);
  }

  void notDialled() {
    Backend unreachable = backend;
    if (exchange.isUnanswered() && unreachable != null) {
      unreachable.unreachable();
      tryAnother();
    }
  }

  /** Whether a request that went out in vain may go out once more. */
  boolean maySendAgain() {
    return repeatable && sent < MOST_SENT;
  }

  /**
   * @param wasUsed whether the connection that was lost had brought an answer before
   */
  void sendAgain(boolean wasUsed) {
    if (wasUsed && !distrustsPool) {
      distrustsPool = true;
      leave();
      client.gate().claim(this);
    } else {
      if (backend != null) {
        backend.refused();
      }
      tryAnother();
    }
  }

  private void tryAnother() {
    Backend failed = leave();
    if (failed != null) {
      tried = new ArrayList<>(tried);
      tried.add(failed);
    }
    client.gate().claim(this);
  }

  /** The client is gone: should it be parked, its place is free. */
  void abandon() {
    client.gate().leave(this);
  }

  /** Gives the claim back. */
  @Nullable Backend leave() {
    Backend left = backend;
    if (left != null) {
      left.finished();
    }
    backend = null;
    return left;
  }

  /** Whose claim it has. */
  @Nullable Backend backend() {
    return backend;
  }

  boolean isAt(Set<Backend> backends) {
    Backend now = backend;
    return now != null && backends.contains(now);
  }
}
