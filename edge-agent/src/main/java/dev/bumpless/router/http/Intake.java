package dev.bumpless.router.http;

import dev.bumpless.router.net.Sockets;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What a client sends, until it can be taken. What arrives early (the next requests of a client
 * that pipelines, a body before its instance is dialled) stays in the decoder as the bytes that it
 * is, but for what came as one with the request; and while something waits nothing more is read, so
 * at most one read buffer waits. Belongs to the connection's loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells of failures by closing the channel.
final class Intake extends ChannelInboundHandlerAdapter {
  private final SocketChannel channel;
  private final HttpConnection connection;
  private final RequestDecoder decoder;
  private final Deque<Object> waiting = new ArrayDeque<>(4);
  private boolean reading;
  private boolean resuming;
  private boolean decodingOn;
  private boolean inputEnded;

  Intake(SocketChannel channel, HttpConnection connection, HttpLimits limits) {
    this.channel = channel;
    this.connection = connection;
    this.decoder = new RequestDecoder(limits, this::takesNext);
  }

  /** Which comes before it in the pipeline. */
  RequestDecoder decoder() {
    return decoder;
  }

  /** {@link System#nanoTime} of the first byte of a head that is not complete yet, or 0. */
  long headSinceNanos() {
    return decoder.headSinceNanos();
  }

  /** Whether something has come that was not taken, decoded or not. */
  boolean hasMore() {
    return isWaiting() || decoder.hasHeldBack();
  }

  /** Whether something was decoded that was not taken. */
  boolean isWaiting() {
    return !waiting.isEmpty();
  }

  /** Whether the client has ended its half. */
  boolean hasEnded() {
    return inputEnded;
  }

  void drop() {
    while (!waiting.isEmpty()) {
      ReferenceCountUtil.release(waiting.remove());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    reading = true;
    if (connection.isClosing()) {
      ReferenceCountUtil.release(message);
    } else if (waiting.isEmpty() && takes(message)) {
      take(message);
    } else {
      waiting.add(message);
      regulate();
    }
  }

  private boolean takesNext(boolean body) {
    Exchange now = connection.current();
    return connection.isClosing()
        || (waiting.isEmpty()
            && (now == null || (body && now.takesContent() && !now.isUpstreamFull())));
  }

  private boolean takes(Object message) {
    Exchange now = connection.current();
    return message instanceof HttpRequest ? now == null : now == null || now.takesContent();
  }

  private void take(Object message) {
    Exchange now = connection.current();
    if (message instanceof HttpRequest head) {
      connection.begin(head);
    } else if (message instanceof HttpContent content && now != null) {
      now.requestContent(content, content instanceof LastHttpContent);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    reading = false;
    flushUpstream();
    if (inputEnded) {
      endWithInput();
    }
    regulate();
  }

  private void flushUpstream() {
    Exchange now = connection.current();
    if (now != null) {
      now.flushUpstream();
    }
  }

  /** Takes of what waits as much as can be taken now. */
  void resume() {
    if (resuming) {
      return;
    }
    resuming = true;
    while (!connection.isClosing() && !waiting.isEmpty() && takes(waiting.element())) {
      take(waiting.remove());
    }
    resuming = false;
    if (!reading) {
      flushUpstream();
    }
    if (inputEnded) {
      endWithInput();
    }
    regulate();
  }

  /** Nothing more comes: what is whole gets its answer, what is not is given up. */
  private void endWithInput() {
    if (connection.isClosing() || hasMore()) {
      return;
    }
    Exchange now = connection.current();
    if (now == null) {
      connection.finish(false);
    } else if (now.isHalfSent()) {
      connection.abort();
    }
  }

  /** Reads on only if nothing waits and the instance keeps up. */
  void regulate() {
    if (connection.isTunnel()) {
      return;
    }
    boolean held = decoder.hasHeldBack();
    if (held && !decodingOn && decoder.isWanted()) {
      decodingOn = true;
      connection.execute(this::decodeOn);
    }
    Exchange now = connection.current();
    boolean keepsUp = waiting.isEmpty() && (now == null || !now.isUpstreamFull());
    Sockets.setReading(channel, !held && (connection.isClosing() || keepsUp));
  }

  private void decodeOn() {
    decodingOn = false;
    if (!connection.isTunnel() && channel.isOpen()) {
      decoder.decodeOn(channel.pipeline());
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    Exchange now = connection.current();
    if (now != null) {
      now.clientWritable(channel.isWritable());
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      if (connection.isClosing()) {
        channel.close();
      } else {
        endWithInput();
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    connection.abort();
  }
}
