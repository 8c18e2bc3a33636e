package dev.bumpless.router.udp;

import dev.bumpless.router.net.Loops;
import dev.bumpless.router.table.Backend;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A flow's socket to one instance, by whose port the instance tells flows apart. What was sent
 * counts as under way at the instance until an answer comes, or for {@value #ANSWER_MILLIS} ms:
 * nobody can know whether there will be one. Belongs to the flow's loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells of failures by closing the channel.
final class InstanceSide extends SimpleChannelInboundHandler<DatagramPacket> {
  private static final long ANSWER_MILLIS = 1_000;

  /** Datagrams that may wait for the socket, which takes a turn of the loop. */
  private static final int MOST_WAITING = 64;

  private final Flow flow;
  private final Backend backend;
  private final Deque<ByteBuf> waiting = new ArrayDeque<>(2);
  private @Nullable DatagramChannel channel;
  private int underway;
  private boolean closed;
  private long sentNanos = System.nanoTime();
  private long movedNanos = sentNanos;

  private InstanceSide(Flow flow, Backend backend) {
    this.flow = flow;
    this.backend = backend;
  }

  static InstanceSide open(Flow flow, Backend backend, InetSocketAddress address, Loops loops) {
    InstanceSide side = new InstanceSide(flow, backend);
    loops
        .packets(flow.listener().eventLoop())
        .handler(side)
        .connect(address)
        .addListener((ChannelFuture connected) -> side.connected(connected));
    return side;
  }

  private void connected(ChannelFuture connected) {
    DatagramChannel opened = (DatagramChannel) connected.channel();
    if (!connected.isSuccess() || closed) {
      backend.failed();
      opened.close();
      close();
      return;
    }
    channel = opened;
    opened.config().setAutoRead(true);
    waiting.forEach(this::write);
    waiting.clear();
    opened.flush();
  }

  Backend backend() {
    return backend;
  }

  /** One claim at the backend is this side's to finish. */
  void claimed() {
    underway++;
  }

  void send(ByteBuf datagram) {
    sentNanos = System.nanoTime();
    movedNanos = sentNanos;
    DatagramChannel to = channel;
    if (to != null) {
      write(datagram);
      to.flush();
    } else if (!closed && waiting.size() < MOST_WAITING) {
      waiting.add(datagram);
    } else {
      datagram.release();
    }
  }

  private void write(ByteBuf datagram) {
    DatagramChannel to = channel;
    if (to == null || !to.isWritable()) {
      datagram.release();
      return;
    }
    backend.received(datagram.readableBytes());
    to.write(datagram, to.voidPromise());
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
    movedNanos = System.nanoTime();
    ByteBuf answer = packet.content();
    backend.sent(answer.readableBytes());
    backend.answered();
    flow.answered(this);
    flow.answer(context.alloc().buffer(answer.readableBytes()).writeBytes(answer));
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    flow.flush();
  }

  /** An ICMP error: nobody listens there. The datagram is lost, as datagrams may be. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    backend.refused();
  }

  /** Gives back the claims of what has been waited for long enough. */
  void settle(long nowNanos) {
    if (nowNanos - sentNanos > TimeUnit.MILLISECONDS.toNanos(ANSWER_MILLIS)) {
      finish();
    }
  }

  void finish() {
    for (; underway > 0; underway--) {
      backend.finished();
    }
  }

  boolean isIdle(long nowNanos, long idleNanos) {
    return nowNanos - movedNanos > idleNanos;
  }

  void close() {
    closed = true;
    finish();
    waiting.forEach(ByteBuf::release);
    waiting.clear();
    if (channel != null) {
      channel.close();
    }
  }
}
