package dev.bumpless.router.tcp;

import dev.bumpless.router.net.Connection;
import dev.bumpless.router.net.Loops;
import dev.bumpless.router.net.Patience;
import dev.bumpless.router.net.Relay;
import dev.bumpless.router.net.Sockets;
import dev.bumpless.router.net.Unjoined;
import dev.bumpless.router.table.Backend;
import dev.bumpless.router.table.Endpoint;
import dev.bumpless.router.table.Gate;
import dev.bumpless.router.table.Waiter;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: claims an instance, dials it, then relays until both sides have finished.
 * Nothing is read of the client before the instance has answered the dial, so that it can be
 * dialled again elsewhere. Belongs to the client's loop; {@link #cut} and {@link #claimed} hop onto
 * it.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells of failures by closing the channel.
final class TcpConnection implements Connection, Waiter {
  private final SocketChannel client;
  private final Endpoint route;
  private final Gate gate;
  private final Loops loops;
  private final String label;
  private final Patience patience = new Patience();
  private final List<Backend> tried = new ArrayList<>(2);
  private volatile @Nullable Backend backend;

  TcpConnection(SocketChannel client, Endpoint route, Gate gate, Loops loops, String label) {
    this.client = client;
    this.route = route;
    this.gate = gate;
    this.loops = loops;
    this.label = label;
  }

  void start() {
    client.config().setAutoRead(false);
    client.pipeline().addLast(new Unjoined());
    gate.claim(this);
  }

  @Override
  public Endpoint route() {
    return route;
  }

  @Override
  public boolean hasTried(Backend candidate) {
    return tried.contains(candidate);
  }

  /** Who knows what it would write. */
  @Override
  public boolean mayGoBack() {
    return false;
  }

  @Override
  public int parkedBytes() {
    return 0;
  }

  @Override
  public void claimed(Backend chosen) {
    if (client.eventLoop().inEventLoop()) {
      dial(chosen);
    } else {
      client.eventLoop().execute(() -> dial(chosen));
    }
  }

  @Override
  public void refused(Refusal why) {
    if (why != Refusal.ALL_TRIED) {
      Relay.reset(client);
    } else if (client.eventLoop().inEventLoop()) {
      searchAgain();
    } else {
      client.eventLoop().execute(this::searchAgain);
    }
  }

  private void searchAgain() {
    if (!client.isActive() || !patience.again(client.eventLoop(), this::claimAfresh)) {
      Relay.reset(client);
    }
  }

  private void claimAfresh() {
    tried.clear();
    gate.claim(this);
  }

  private void dial(Backend chosen) {
    SocketAddress address = chosen.address(route);
    if (!client.isActive() || address == null) {
      chosen.finished();
      Relay.reset(client);
      return;
    }
    backend = chosen;
    loops
        .client(client.eventLoop())
        .option(ChannelOption.AUTO_READ, false)
        .handler(new Unjoined())
        .connect(address)
        .addListener((ChannelFuture dialled) -> dialled(dialled, chosen));
  }

  private void dialled(ChannelFuture dialled, Backend chosen) {
    if (!dialled.isSuccess()) {
      chosen.unreachable();
      chosen.finished();
      backend = null;
      tried.add(chosen);
      gate.claim(this);
      return;
    }
    SocketChannel instance = (SocketChannel) dialled.channel();
    instance.closeFuture().addListener(closed -> ended(chosen));
    if (client.isActive()) {
      Relay.join(client, instance, chosen::received, chosen::sent);
    } else {
      Relay.reset(instance);
    }
  }

  private void ended(Backend chosen) {
    chosen.answered();
    chosen.finished();
    backend = null;
  }

  @Override
  public void cut(Set<Backend> backends) {
    client
        .eventLoop()
        .execute(
            () -> {
              Backend now = backend;
              if (now != null && backends.contains(now)) {
                client.close();
              }
            });
  }

  @Override
  public String describe() {
    Backend now = backend;
    return "client=%s route=%s protocol=%s instance=%s"
        .formatted(
            Sockets.text(client.remoteAddress()),
            route,
            label,
            now == null ? "none" : now.instance());
  }
}
