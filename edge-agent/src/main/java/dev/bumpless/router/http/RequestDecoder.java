package dev.bumpless.router.http;

import dev.bumpless.router.net.Sockets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Netty's decoder, which is strict about line ends, lengths and chunks, and refuses a message with
 * both {@code Content-Length} and {@code Transfer-Encoding}. Added to it: folded header lines (RFC
 * 9112, 5.2) are refused instead of joined, because others behind may read them differently; and it
 * tells since when a head is half received.
 *
 * <p>Nothing is decoded before it is wanted: a message as objects takes many times the memory that
 * its bytes do, and who sends a thousand requests in one breath shall not make the router keep a
 * thousand of them. What is not wanted yet stays as it came, and nothing more is read meanwhile.
 */
final class RequestDecoder extends HttpRequestDecoder {
  private final Appetite appetite;
  private boolean heldBack;
  private boolean inBody;
  private boolean inHead;
  private boolean refused;
  private long headSinceNanos;

  /** Whether the connection can do something now with what comes next. */
  interface Appetite {
    /**
     * @param body the next part of a body; else the next request
     */
    boolean isFor(boolean body);
  }

  RequestDecoder(HttpLimits limits, Appetite appetite) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(limits.lineBytes())
            .setMaxHeaderSize(limits.headBytes())
            .setMaxChunkSize(64 << 10));
    this.appetite = appetite;
  }

  /** Whether there are bytes that were not wanted when they came. */
  boolean hasHeldBack() {
    return heldBack;
  }

  /** Whether {@link #decodeOn} would get anywhere. */
  boolean isWanted() {
    return inHead || appetite.isFor(inBody);
  }

  /** Decodes what was held back, as far as it is wanted by now. On the loop, outside a read. */
  void decodeOn(ChannelPipeline pipeline) {
    pipeline.fireChannelRead(Unpooled.EMPTY_BUFFER);
    pipeline.fireChannelReadComplete();
  }

  /** {@link System#nanoTime} of the first byte of a head that is not complete yet, or 0. */
  long headSinceNanos() {
    return headSinceNanos;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf input, List<Object> out)
      throws Exception {
    if (refused) {
      input.skipBytes(input.readableBytes());
      return;
    }
    heldBack = !isWanted();
    if (heldBack) {
      Sockets.setReading((SocketChannel) context.channel(), false);
      return;
    }
    if (!inBody && !inHead) {
      skipEmptyLines(input);
      inHead = input.isReadable();
    }
    if (inHead && isFolded(input)) {
      refused = true;
      input.skipBytes(input.readableBytes());
      HttpMessage bad = createInvalidMessage();
      bad.setDecoderResult(
          DecoderResult.failure(new IllegalArgumentException("a folded header line")));
      out.add(bad);
      return;
    }
    int before = out.size();
    super.decode(context, input, out);
    if (out.size() > before) {
      inBody = !(out.get(out.size() - 1) instanceof LastHttpContent);
      inHead = false;
      headSinceNanos = 0;
    } else if (inHead && headSinceNanos == 0) {
      headSinceNanos = System.nanoTime();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws Exception {
    if (heldBack) {
      // Netty's would read on, because nothing came of what it has read.
      context.fireChannelReadComplete();
    } else {
      super.channelReadComplete(context);
    }
  }

  /** Netty's decoder throws away what it has not decoded when it hears that no more comes. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (heldBack && event instanceof ChannelInputShutdownEvent) {
      context.fireUserEventTriggered(event);
    } else {
      super.userEventTriggered(context, event);
    }
  }

  /** Robust clients send them between requests (RFC 9112, 2.2). */
  private static void skipEmptyLines(ByteBuf input) {
    while (input.isReadable()) {
      byte next = input.getByte(input.readerIndex());
      if (next != '\r' && next != '\n') {
        return;
      }
      input.skipBytes(1);
    }
  }

  /** Whether a line of the head that begins in this input starts with a blank. */
  private static boolean isFolded(ByteBuf input) {
    int from = input.readerIndex();
    int end = input.writerIndex();
    if (from < end && isBlank(input.getByte(from))) {
      return true;
    }
    while (true) {
      int feed = input.indexOf(from, end, (byte) '\n');
      if (feed < 0 || feed + 1 >= end) {
        return false;
      }
      byte next = input.getByte(feed + 1);
      if (isBlank(next)) {
        return true;
      }
      if (next == '\r' || next == '\n') {
        return false;
      }
      from = feed + 1;
    }
  }

  private static boolean isBlank(byte value) {
    return value == ' ' || value == '\t';
  }
}
