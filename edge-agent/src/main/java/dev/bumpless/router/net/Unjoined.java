package dev.bumpless.router.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Holds the place of a {@link Relay} while there is no peer. The channel is not read meanwhile, but
 * when the other side ends epoll reads what it left all the same: that is kept, one read buffer at
 * most, and passed on first.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells of failures by closing the channel.
public final class Unjoined extends ChannelInboundHandlerAdapter {
  private final Deque<Object> early = new ArrayDeque<>(1);
  private boolean inputEnded;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    early.add(message);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    inputEnded |= event instanceof ChannelInputShutdownEvent;
  }

  void replaceBy(Relay relay, ChannelPipeline pipeline) {
    pipeline.replace(this, null, relay);
    if (!early.isEmpty()) {
      while (!early.isEmpty()) {
        pipeline.fireChannelRead(early.remove());
      }
      pipeline.fireChannelReadComplete();
    }
    if (inputEnded) {
      pipeline.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    while (!early.isEmpty()) {
      ReferenceCountUtil.release(early.remove());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
