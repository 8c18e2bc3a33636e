package dev.bumpless.router.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** For a channel that nobody reads yet: closes it when it fails, and says nothing. */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells of failures by closing the channel.
public final class Quiet extends ChannelInboundHandlerAdapter {
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
