package dev.bumpless.router.udp;

import dev.bumpless.router.net.Connections;
import dev.bumpless.router.net.Loops;
import dev.bumpless.router.net.PacketFront;
import dev.bumpless.router.table.Endpoint;
import dev.bumpless.router.table.Gate;
import io.netty.channel.ChannelHandler;

/** Keeps the flows of each route. */
public final class UdpFront implements PacketFront {
  private final Loops loops;

  public UdpFront(Loops loops) {
    this.loops = loops;
  }

  @Override
  public ChannelHandler open(Endpoint route, Gate gate, Connections connections) {
    return new Flows(route, gate, connections, loops);
  }
}
