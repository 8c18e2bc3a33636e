package dev.bumpless.router.http;

import dev.bumpless.router.net.Relay;
import dev.bumpless.router.net.Sockets;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * A WebSocket after its handshake: bytes both ways, and where the instance's frames end, so that
 * the router can end the conversation between two of them. Belongs to the loop of both channels.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells of failures by closing the channel.
final class Tunnel {
  /** "Service Restart" (IANA's registry of WebSocket close codes): clients come again. */
  private static final int SERVICE_RESTART = 1012;

  /** How long a frame may take to its end, and then the client's farewell. */
  private static final long FAREWELL_MILLIS = 1_000;

  private final SocketChannel client;
  private final SocketChannel instance;
  private final Exchange exchange;
  private final Relay fromClient;
  private final Relay fromInstance;
  private final WebSocketFrames frames = new WebSocketFrames();
  private boolean cutting;

  private Tunnel(SocketChannel client, SocketChannel instance, Exchange exchange) {
    this.client = client;
    this.instance = instance;
    this.exchange = exchange;
    this.fromClient = new Relay(instance, bytes -> exchange.moved(bytes, true));
    this.fromInstance = new FromInstance();
  }

  /** Takes both channels over from the codecs, with what these have read and not used. */
  static Tunnel open(SocketChannel client, SocketChannel instance, Exchange exchange) {
    Tunnel tunnel = new Tunnel(client, instance, exchange);
    client.pipeline().addLast(tunnel.fromClient);
    instance.pipeline().addLast(tunnel.fromInstance);
    client.pipeline().remove(AnswerEncoder.class);
    client.pipeline().remove(Intake.class);
    instance.pipeline().remove(HttpRequestEncoder.class);
    instance.pipeline().remove(Upstream.class);
    // Decoders last: going, they pass on what they still have.
    client.pipeline().remove(RequestDecoder.class);
    instance.pipeline().remove(AnswerDecoder.class);
    Sockets.setReading(client, true);
    Sockets.setReading(instance, true);
    return tunnel;
  }

  /** Says goodbye as soon as no frame to the client is under way. */
  void cut() {
    if (!cutting && client.isActive()) {
      cutting = true;
      client.eventLoop().schedule(() -> client.close(), FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
      if (frames.isAtBoundary()) {
        sayGoodbye();
      }
    }
  }

  /** Read by any thread: may be a moment old. */
  boolean isEnding() {
    return cutting;
  }

  private void sayGoodbye() {
    remove(client, fromClient);
    remove(instance, fromInstance);
    client.pipeline().addLast(new Farewell());
    Sockets.setReading(client, true);
    ByteBuf frame = client.alloc().buffer(4);
    frame.writeByte(0x88).writeByte(2).writeShort(SERVICE_RESTART);
    client.writeAndFlush(frame).addListener(sent -> client.shutdownOutput());
    instance.close();
  }

  private static void remove(SocketChannel channel, ChannelHandler handler) {
    if (channel.pipeline().context(handler) != null) {
      channel.pipeline().remove(handler);
    }
  }

  /** Follows the frames, and when it is time to go passes on no more than the one under way. */
  private final class FromInstance extends Relay {
    FromInstance() {
      super(client, bytes -> exchange.moved(bytes, false));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      int rest = frames.follow(bytes, cutting);
      if (cutting && frames.isAtBoundary()) {
        super.channelRead(context, bytes.readRetainedSlice(rest));
        bytes.release();
        sayGoodbye();
      } else {
        super.channelRead(context, bytes);
      }
    }
  }

  /** Hears the client out until it has ended too. */
  private static final class Farewell extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        context.close();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
