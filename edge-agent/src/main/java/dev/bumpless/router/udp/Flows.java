package dev.bumpless.router.udp;

import dev.bumpless.router.net.Connections;
import dev.bumpless.router.net.Loops;
import dev.bumpless.router.table.Endpoint;
import dev.bumpless.router.table.Gate;
import dev.bumpless.router.table.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The flows of a route, by their clients' addresses. A datagram of a client that is not known yet
 * makes one, unless there are too many: then it is dropped, as any router may. Belongs to the
 * listening channel's loop.
 */
final class Flows extends SimpleChannelInboundHandler<DatagramPacket> {
  /** Of one route; addresses of senders can be made up, and shall not take the room of others. */
  static final int MOST = 1024;

  private static final Duration USUAL_IDLE = Duration.ofSeconds(30);
  private static final long SWEEP_MILLIS = 250;

  private final Endpoint route;
  private final Gate gate;
  private final Connections connections;
  private final Loops loops;
  private final Map<InetSocketAddress, Flow> flows = new HashMap<>();

  Flows(Endpoint route, Gate gate, Connections connections, Loops loops) {
    this.route = route;
    this.gate = gate;
    this.connections = connections;
    this.loops = loops;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    sweepLater(context);
    context.fireChannelActive();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
    Flow flow = flows.get(packet.sender());
    if (flow == null) {
      if (flows.size() >= MOST || !connections.hasRoom()) {
        return;
      }
      flow = new Flow((DatagramChannel) context.channel(), packet.sender(), route, gate, loops);
      flows.put(packet.sender(), flow);
      connections.opened(flow);
    }
    // What it was read into is as large as a datagram can be; it may have to wait.
    ByteBuf datagram = context.alloc().buffer(packet.content().readableBytes());
    flow.take(datagram.writeBytes(packet.content()), protocol().movesWhenIdle());
  }

  private Protocol protocol() {
    Protocol now = gate.protocol(route);
    return now == null ? Protocol.UDP : now;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // It ends with the channel.
  private void sweepLater(ChannelHandlerContext context) {
    context.executor().schedule(() -> sweep(context), SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void sweep(ChannelHandlerContext context) {
    if (!context.channel().isOpen()) {
      return;
    }
    Duration own = protocol().idle();
    long idleNanos = (own == null ? USUAL_IDLE : own).toNanos();
    long now = System.nanoTime();
    for (Flow flow : List.copyOf(flows.values())) {
      flow.tick(now, idleNanos);
      if (flow.isClosed()) {
        forget(flow);
      }
    }
    sweepLater(context);
  }

  private void forget(Flow flow) {
    flows.remove(flow.client());
    connections.closed(flow);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    for (Flow flow : List.copyOf(flows.values())) {
      flow.close();
      forget(flow);
    }
    context.fireChannelInactive();
  }

  /** What cannot be received is lost; the listener goes on. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {}
}
