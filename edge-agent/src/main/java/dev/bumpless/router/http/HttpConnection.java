package dev.bumpless.router.http;

import dev.bumpless.router.http.RequestRules.Refused;
import dev.bumpless.router.net.Connection;
import dev.bumpless.router.net.Relay;
import dev.bumpless.router.net.Sockets;
import dev.bumpless.router.table.Backend;
import dev.bumpless.router.table.Endpoint;
import dev.bumpless.router.table.Gate;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: one request at a time, in the order they came. What arrives early (the
 * next requests of a client that pipelines, a body before its instance is dialled) stays in the
 * decoder as the bytes that it is, but for what came as one with the request; and while something
 * waits nothing more is read, so at most one read buffer waits. Belongs to its loop; only {@link
 * #cut} and {@link #describe} are called by others.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells of failures by closing the channel.
final class HttpConnection extends ChannelInboundHandlerAdapter implements Connection {
  /** How long the rest of a refused request is read and dropped, so that its answer arrives. */
  private static final long LINGER_MILLIS = 2_000;

  private final SocketChannel channel;
  private final Endpoint route;
  private final Gate gate;
  private final HttpLoop loop;
  private final RequestDecoder decoder;
  private final AnswerEncoder encoder = new AnswerEncoder();
  private final String clientHost;
  private final Deque<Object> waiting = new ArrayDeque<>(4);

  private @Nullable Exchange current;
  private @Nullable Tunnel tunnel;
  private boolean reading;
  private boolean resuming;
  private boolean decodingOn;
  private boolean inputEnded;
  private boolean closing;
  private long idleSinceNanos = System.nanoTime();

  HttpConnection(SocketChannel channel, Endpoint route, Gate gate, HttpLoop loop) {
    this.channel = channel;
    this.route = route;
    this.gate = gate;
    this.loop = loop;
    this.decoder = new RequestDecoder(loop.limits(), this::takesNext);
    this.clientHost = Sockets.host(channel.remoteAddress());
  }

  void start() {
    channel.pipeline().addLast(decoder, encoder, this);
    channel.closeFuture().addListener(done -> closed());
    loop.opened(this);
  }

  private void closed() {
    loop.closed(this);
    closing = true;
    dropWaiting();
    if (current != null) {
      current.abandon();
    }
  }

  // For the exchange.

  Endpoint route() {
    return route;
  }

  Gate gate() {
    return gate;
  }

  HttpLoop loop() {
    return loop;
  }

  String clientHost() {
    return clientHost;
  }

  boolean isOnLoop() {
    return channel.eventLoop().inEventLoop();
  }

  EventLoop eventLoop() {
    return channel.eventLoop();
  }

  void execute(Runnable work) {
    channel.eventLoop().execute(work);
  }

  boolean isWritable() {
    return channel.isWritable();
  }

  void informational(HttpResponse answer) {
    writeHead(answer, false);
    write(LastHttpContent.EMPTY_LAST_CONTENT);
    flush();
  }

  void writeHead(HttpResponse answer, boolean answerToHead) {
    encoder.expect(answerToHead);
    write(answer);
  }

  void write(HttpObject part) {
    channel.write(part, channel.voidPromise());
  }

  void flush() {
    channel.flush();
  }

  void answer(HttpResponseStatus status, String reason, boolean close, boolean toHead) {
    encoder.expect(toHead);
    write(LocalAnswer.of(status, reason, close));
    flush();
  }

  void ended(boolean close, boolean requestComplete) {
    current = null;
    idleSinceNanos = System.nanoTime();
    if (close) {
      finish(!requestComplete || !waiting.isEmpty() || decoder.hasHeldBack());
    } else {
      resume();
    }
  }

  void abort() {
    closing = true;
    channel.close();
  }

  void openTunnel(Upstream upstream) {
    Exchange exchange = current;
    if (exchange == null || !waiting.isEmpty()) {
      abort();
      return;
    }
    tunnel = Tunnel.open(channel, upstream.channel(), exchange);
  }

  // What the client sends.

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    reading = true;
    if (closing) {
      ReferenceCountUtil.release(message);
    } else if (waiting.isEmpty() && takes(message)) {
      take(message);
    } else {
      waiting.add(message);
      regulate();
    }
  }

  private boolean takesNext(boolean body) {
    Exchange now = current;
    return closing
        || (waiting.isEmpty()
            && (now == null || (body && now.takesContent() && !now.isUpstreamFull())));
  }

  private boolean takes(Object message) {
    Exchange now = current;
    return message instanceof HttpRequest ? now == null : now == null || now.takesContent();
  }

  private void take(Object message) {
    if (message instanceof HttpRequest head) {
      begin(head);
    } else if (message instanceof HttpContent content && current != null) {
      current.requestContent(content, content instanceof LastHttpContent);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(HttpRequest head) {
    Refused refused = RequestRules.check(head);
    Exchange exchange = new Exchange(this, head, refused == null && Heads.hasBody(head));
    current = exchange;
    if (refused == null) {
      exchange.start();
    } else {
      exchange.refuse(refused);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    reading = false;
    if (current != null) {
      current.flushUpstream();
    }
    if (inputEnded) {
      endWithInput();
    }
    regulate();
  }

  /** Takes of what waits as much as can be taken now. */
  void resume() {
    if (resuming) {
      return;
    }
    resuming = true;
    while (!closing && !waiting.isEmpty() && takes(waiting.element())) {
      take(waiting.remove());
    }
    resuming = false;
    if (!reading && current != null) {
      current.flushUpstream();
    }
    if (inputEnded) {
      endWithInput();
    }
    regulate();
  }

  /** Nothing more comes: what is whole gets its answer, what is not is given up. */
  private void endWithInput() {
    if (closing || !waiting.isEmpty() || decoder.hasHeldBack()) {
      return;
    }
    if (current == null) {
      finish(false);
    } else if (current.isHalfSent()) {
      abort();
    }
  }

  /** Reads on only if nothing waits and the instance keeps up. */
  void regulate() {
    if (tunnel != null) {
      return;
    }
    boolean held = decoder.hasHeldBack();
    if (held && !decodingOn && decoder.isWanted()) {
      decodingOn = true;
      execute(this::decodeOn);
    }
    boolean keepsUp = waiting.isEmpty() && (current == null || !current.isUpstreamFull());
    Sockets.setReading(channel, !held && (closing || keepsUp));
  }

  private void decodeOn() {
    decodingOn = false;
    if (tunnel == null && channel.isOpen()) {
      decoder.decodeOn(channel.pipeline());
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (current != null) {
      current.clientWritable(channel.isWritable());
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      if (closing) {
        channel.close();
      } else {
        endWithInput();
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    abort();
  }

  // How it ends.

  /**
   * @param linger whether the client may be sending still: closing now would reset the connection
   *     and could take the answer with it (RFC 9112, 9.6)
   */
  private void finish(boolean linger) {
    closing = true;
    idleSinceNanos = System.nanoTime();
    dropWaiting();
    regulate();
    if (!linger || inputEnded) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> channel.shutdownOutput());
    channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void dropWaiting() {
    while (!waiting.isEmpty()) {
      ReferenceCountUtil.release(waiting.remove());
    }
  }

  void tick(long nowNanos) {
    HttpLimits limits = loop.limits();
    long headSince = decoder.headSinceNanos();
    if (current != null) {
      current.tick(nowNanos, limits);
    } else if (closing) {
      if (nowNanos - idleSinceNanos > limits.idleTime().toNanos()) {
        // It takes nothing of what it was sent last, and would be waited for forever.
        Relay.reset(channel);
      }
    } else if (headSince != 0 && nowNanos - headSince > limits.headTime().toNanos()) {
      answer(HttpResponseStatus.REQUEST_TIMEOUT, "the head did not come in time", true, false);
      finish(true);
    } else if (nowNanos - idleSinceNanos > limits.idleTime().toNanos()) {
      finish(false);
    }
  }

  @Override
  public void cut(Set<Backend> backends) {
    execute(
        () -> {
          if (current != null && current.isAt(backends)) {
            if (tunnel != null) {
              tunnel.cut();
            } else {
              current.cut();
            }
          }
        });
  }

  /** Read without the loop: may be a moment old. */
  @Override
  public String describe() {
    Exchange now = current;
    Tunnel open = tunnel;
    return "client=%s route=%s protocol=%s instance=%s"
        .formatted(
            Sockets.text(channel.remoteAddress()),
            route,
            open == null ? "http" : open.isEnding() ? "websocket-ending" : "websocket",
            now == null ? "none" : now.describe());
  }
}
