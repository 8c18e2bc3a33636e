package dev.bumpless.router.net;

import dev.bumpless.router.table.Endpoint;
import dev.bumpless.router.table.Gate;
import io.netty.channel.socket.SocketChannel;

/** What a protocol does with a connection that a client has opened. */
public interface Front {
  /** Called on the channel's loop, before anything is read of it. */
  Connection open(SocketChannel client, Endpoint route, Gate gate);
}
