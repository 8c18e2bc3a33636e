package dev.bumpless.router.http;

import dev.bumpless.router.net.Sockets;
import dev.bumpless.router.table.Backend;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an instance: serves one exchange at a time and waits in the loop's pool between
 * them. An answer is over when all that was read with its end has been looked at: bytes beyond it
 * belong to no request, so the connection that brought them is closed, never used again.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells of failures by closing the channel.
final class Upstream extends ChannelInboundHandlerAdapter {
  private static final long PROBATION_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final SocketChannel channel;
  private final SocketAddress address;
  private final Backend backend;
  private final HttpLoop loop;
  private final AnswerDecoder decoder = new AnswerDecoder();
  private @Nullable Exchange exchange;
  private boolean informational;
  private boolean answered;
  private int served;
  private boolean broken;
  private long waitingSinceNanos;

  private Upstream(SocketChannel channel, SocketAddress address, Backend backend, HttpLoop loop) {
    this.channel = channel;
    this.address = address;
    this.backend = backend;
    this.loop = loop;
  }

  static void dial(
      Bootstrap bootstrap, SocketAddress address, Backend backend, Search search, HttpLoop loop) {
    bootstrap
        .option(ChannelOption.ALLOW_HALF_CLOSURE, false)
        // A write that fails shall not close before an answer that came early has been read.
        .option(ChannelOption.AUTO_CLOSE, false)
        .handler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                Upstream upstream = new Upstream(channel, address, backend, loop);
                channel.pipeline().addLast(upstream.decoder, new HttpRequestEncoder(), upstream);
              }
            })
        .connect(address)
        .addListener((ChannelFuture dialled) -> dialled(dialled, search));
  }

  private static void dialled(ChannelFuture dialled, Search search) {
    Upstream upstream = dialled.channel().pipeline().get(Upstream.class);
    if (dialled.isSuccess() && upstream != null) {
      search.dialled(upstream);
    } else {
      search.notDialled();
    }
  }

  SocketChannel channel() {
    return channel;
  }

  SocketAddress address() {
    return address;
  }

  /** Whether an earlier exchange had an answer by it: then the other side may be about to close. */
  boolean wasUsed() {
    return served > 0;
  }

  boolean canServe(Backend wanted, long waitingSinceNotBefore) {
    return backend == wanted && isClean() && waitingSinceNanos - waitingSinceNotBefore > 0;
  }

  /** Whether it is open, and not a byte has come that belongs to no answer. */
  boolean isClean() {
    return channel.isActive() && decoder.isEmpty();
  }

  /**
   * Whether a request that must not be sent twice may go here: the kernel has seen no end of it,
   * and the instance is known to keep connections, for it has answered on this one more than once
   * or left it open for a while. An instance that closes after its answer without saying so would
   * else race with the next request.
   */
  boolean isTrusted(long nowNanos) {
    return (served > 1 || nowNanos - waitingSinceNanos > PROBATION_NANOS)
        && Sockets.isEstablished(channel);
  }

  boolean hasWaitedSince(long nanos) {
    return waitingSinceNanos - nanos <= 0;
  }

  void begin(Exchange next, HttpRequest head, boolean answerToHead) {
    exchange = next;
    answered = false;
    decoder.expect(answerToHead);
    write(head);
  }

  void write(HttpObject part) {
    channel.write(part, channel.voidPromise());
  }

  void flush() {
    channel.flush();
  }

  boolean isWritable() {
    return channel.isWritable();
  }

  void setReading(boolean reading) {
    Sockets.setReading(channel, reading);
  }

  /** The exchange is over in good order; the next may use the connection. */
  void keep() {
    exchange = null;
    served++;
    waitingSinceNanos = System.nanoTime();
    setReading(true);
    loop.keep(this);
  }

  /** Whoever had it is no longer told of anything. */
  void close() {
    exchange = null;
    channel.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Exchange now = exchange;
    if (now == null || answered) {
      ReferenceCountUtil.release(message);
      if (now != null) {
        now.doNotKeep();
      } else {
        close();
      }
    } else if (message instanceof HttpResponse answer) {
      head(now, answer);
    } else if (message instanceof HttpContent content) {
      content(now, content);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  private void head(Exchange now, HttpResponse answer) {
    boolean failed = answer.decoderResult().isFailure();
    int code = answer.status().code();
    informational =
        !failed && answer.status().codeClass() == HttpStatusClass.INFORMATIONAL && code != 101;
    if (failed) {
      now.unreadable(answer.decoderResult().cause());
    } else if (code < 100 || code > 999) {
      now.unreadable(new IllegalArgumentException("status " + code));
    } else if (informational) {
      now.informational(answer);
    } else {
      now.answerHead(answer);
    }
  }

  private void content(Exchange now, HttpContent content) {
    boolean last = content instanceof LastHttpContent;
    if (content.decoderResult().isFailure()) {
      content.release();
      now.unreadable(content.decoderResult().cause());
    } else if (informational) {
      content.release();
      informational = !last;
    } else if (broken && last && !channel.isActive()) {
      // A reset where only the end of the connection marks the end of the answer.
      content.release();
      exchange = null;
      now.upstreamLost();
    } else {
      answered = last;
      now.answerContent(content, last);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    Exchange now = exchange;
    if (now != null) {
      now.answerPaused(answered);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    Exchange now = exchange;
    if (now != null) {
      now.upstreamWritable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    Exchange now = exchange;
    exchange = null;
    if (now == null) {
      loop.forget(this);
    } else if (answered) {
      now.answerPaused(true);
    } else {
      now.upstreamLost();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    broken = true;
    // A write that fails says nothing of the answer: the read side tells how it ends.
    if (!(cause instanceof IOException)) {
      context.close();
    }
  }
}
