package dev.bumpless.router.http;

import dev.bumpless.router.net.Connection;
import dev.bumpless.router.net.Front;
import dev.bumpless.router.net.Loops;
import dev.bumpless.router.table.Endpoint;
import dev.bumpless.router.table.Gate;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Puts Netty's codec and a {@link HttpConnection} on each client's channel. */
public final class HttpFront implements Front {
  private final Loops loops;
  private final HttpLimits limits;
  private final Map<EventLoop, HttpLoop> perLoop = new ConcurrentHashMap<>();

  public HttpFront(Loops loops, HttpLimits limits) {
    this.loops = loops;
    this.limits = limits;
  }

  @Override
  public Connection open(SocketChannel client, Endpoint route, Gate gate) {
    HttpLoop loop =
        perLoop.computeIfAbsent(client.eventLoop(), key -> new HttpLoop(key, loops, limits));
    HttpConnection connection = new HttpConnection(client, route, gate, loop);
    connection.start();
    return connection;
  }
}
