package dev.bumpless.router.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import java.util.function.LongConsumer;

/**
 * One direction of a relay: what is read here is written to the peer, and read no faster than the
 * peer takes it. An end of input is passed on as such and the other direction goes on (half-close);
 * a reset is passed on as a reset.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells of failures by closing the channel.
public class Relay extends ChannelInboundHandlerAdapter {
  private final SocketChannel peer;
  private final LongConsumer bytes;

  /**
   * @param bytes told how many are passed on
   */
  public Relay(SocketChannel peer, LongConsumer bytes) {
    this.peer = peer;
    this.bytes = bytes;
  }

  /**
   * Relays both ways until both sides have ended. Both are of one loop, which calls, and were
   * {@link Unjoined} before.
   *
   * @param received told of bytes from the client
   * @param sent told of bytes to it
   */
  public static void join(
      SocketChannel client, SocketChannel instance, LongConsumer received, LongConsumer sent) {
    join(client, new Relay(instance, received));
    join(instance, new Relay(client, sent));
    Sockets.setReading(client, true);
    Sockets.setReading(instance, true);
  }

  private static void join(SocketChannel channel, Relay relay) {
    channel.pipeline().get(Unjoined.class).replaceBy(relay, channel.pipeline());
  }

  /** Closes so that the other end sees a reset, never a clean end. */
  public static void reset(SocketChannel channel) {
    if (channel.isOpen()) {
      channel.config().setSoLinger(0);
      channel.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    bytes.accept(((ByteBuf) message).readableBytes());
    peer.write(message, peer.voidPromise());
    if (!peer.isWritable()) {
      context.channel().config().setAutoRead(false);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    peer.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    Sockets.setReading(peer, context.channel().isWritable());
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> endPeersInput());
    }
  }

  private void endPeersInput() {
    peer.shutdownOutput()
        .addListener(
            done -> {
              if (peer.isInputShutdown()) {
                peer.close();
              }
            });
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    reset(peer);
    context.close();
  }
}
