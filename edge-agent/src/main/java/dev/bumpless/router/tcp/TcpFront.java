package dev.bumpless.router.tcp;

import dev.bumpless.router.net.Connection;
import dev.bumpless.router.net.Front;
import dev.bumpless.router.net.Loops;
import dev.bumpless.router.table.Endpoint;
import dev.bumpless.router.table.Gate;
import io.netty.channel.socket.SocketChannel;

/** Opens a relay for each client. */
public final class TcpFront implements Front {
  private final Loops loops;
  private final String label;

  /**
   * @param label what {@code show connections} calls the protocol
   */
  public TcpFront(Loops loops, String label) {
    this.loops = loops;
    this.label = label;
  }

  @Override
  public Connection open(SocketChannel client, Endpoint route, Gate gate) {
    TcpConnection connection = new TcpConnection(client, route, gate, loops, label);
    connection.start();
    return connection;
  }
}
