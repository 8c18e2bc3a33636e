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
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: one request at a time, each an {@link Exchange}, in the order in which the
 * {@link Intake} has them. Belongs to its loop; only {@link #cut} and {@link #describe} are called
 * by others.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells of failures by closing the channel.
final class HttpConnection implements Connection {
  /** How long the rest of a refused request is read and dropped, so that its answer arrives. */
  private static final long LINGER_MILLIS = 2_000;

  private final SocketChannel channel;
  private final Endpoint route;
  private final Gate gate;
  private final HttpLoop loop;
  private final Intake intake;
  private final AnswerEncoder encoder = new AnswerEncoder();
  private final String clientHost;

  private @Nullable Exchange current;
  private @Nullable Tunnel tunnel;
  private boolean closing;
  private long idleSinceNanos = System.nanoTime();

  HttpConnection(SocketChannel channel, Endpoint route, Gate gate, HttpLoop loop) {
    this.channel = channel;
    this.route = route;
    this.gate = gate;
    this.loop = loop;
    this.intake = new Intake(channel, this, loop.limits());
    this.clientHost = Sockets.host(channel.remoteAddress());
  }

  void start() {
    channel.pipeline().addLast(intake.decoder(), encoder, intake);
    channel.closeFuture().addListener(done -> closed());
    loop.opened(this);
  }

  private void closed() {
    loop.closed(this);
    closing = true;
    intake.drop();
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
      finish(!requestComplete || intake.hasMore());
    } else {
      intake.resume();
    }
  }

  void abort() {
    closing = true;
    channel.close();
  }

  void openTunnel(Upstream upstream) {
    Exchange exchange = current;
    if (exchange == null || intake.isWaiting()) {
      abort();
      return;
    }
    tunnel = Tunnel.open(channel, upstream.channel(), exchange);
  }

  // For what the client sends.

  Intake intake() {
    return intake;
  }

  @Nullable Exchange current() {
    return current;
  }

  boolean isClosing() {
    return closing;
  }

  boolean isTunnel() {
    return tunnel != null;
  }

  void begin(HttpRequest head) {
    Refused refused = RequestRules.check(head);
    Exchange exchange = new Exchange(this, head, refused == null && Heads.hasBody(head));
    current = exchange;
    if (refused == null) {
      exchange.start();
    } else {
      exchange.refuse(refused);
    }
  }

  // How it ends.

  /**
   * @param linger whether the client may be sending still: closing now would reset the connection
   *     and could take the answer with it (RFC 9112, 9.6)
   */
  void finish(boolean linger) {
    closing = true;
    idleSinceNanos = System.nanoTime();
    intake.drop();
    intake.regulate();
    if (!linger || intake.hasEnded()) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> channel.shutdownOutput());
    channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  void tick(long nowNanos) {
    HttpLimits limits = loop.limits();
    long headSince = intake.headSinceNanos();
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
