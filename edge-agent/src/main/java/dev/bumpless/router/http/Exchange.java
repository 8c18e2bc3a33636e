package dev.bumpless.router.http;

import dev.bumpless.router.http.RequestRules.Refused;
import dev.bumpless.router.table.Backend;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMessageDecoderResult;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer: sends the request to the instance that its {@link Search} finds as it
 * comes in, and passes the answer back as it comes out. Belongs to the client's loop.
 */
final class Exchange {
  private final HttpConnection client;
  private final HttpRequest head;
  private final boolean oldClient;
  private final boolean bodied;
  private final boolean webSocket;
  private final Search search;

  private @Nullable Upstream upstream;
  private boolean keepsUpstream;
  private boolean close;
  private boolean requestComplete;
  private boolean answerStarted;
  private boolean isError;
  private long tookNanos;
  private boolean tunnel;
  private boolean ended;
  private long movedNanos = System.nanoTime();

  /**
   * @param bodied whether a body follows, of one byte or more
   */
  Exchange(HttpConnection client, HttpRequest head, boolean bodied) {
    this.client = client;
    this.head = head;
    this.oldClient = head.protocolVersion().equals(HttpVersion.HTTP_1_0);
    this.close = !HttpUtil.isKeepAlive(head);
    this.bodied = bodied;
    this.requestComplete = !bodied;
    this.webSocket = !oldClient && Heads.wantsWebSocket(head);
    boolean repeatable = !bodied && RequestRules.isIdempotent(head.method());
    this.search = new Search(client, this, repeatable, parkedBytes());
  }

  void start() {
    Heads.toInstance(head, client.clientHost(), client.route().toString(), webSocket);
    search.begin();
  }

  /** Its head as it came, twice for the strings made of it, and what was read with it. */
  private int parkedBytes() {
    int headBytes =
        head.decoderResult() instanceof HttpMessageDecoderResult size ? size.totalSize() : 0;
    return 1024 + 2 * headBytes + (bodied ? 16 << 10 : 0);
  }

  // For the search.

  /** Whether it still needs an instance. */
  boolean isUnanswered() {
    return !ended && !answerStarted;
  }

  void nobodyServes() {
    // Defined again, the app has another gate: who listens there now is met by connecting.
    close |= client.gate().isRemoved();
    answer(HttpResponseStatus.SERVICE_UNAVAILABLE, "no instance serves this route");
  }

  void send(Upstream to) {
    upstream = to;
    movedNanos = System.nanoTime();
    to.begin(this, head, head.method().equals(HttpMethod.HEAD));
    if (!bodied) {
      to.write(LastHttpContent.EMPTY_LAST_CONTENT);
    }
    client.intake().resume();
  }

  // The request.

  /**
   * Whether parts of the body can be taken: there is somewhere to send them, or they are dropped.
   */
  boolean takesContent() {
    return upstream != null || answerStarted;
  }

  boolean isHalfSent() {
    return bodied && !requestComplete;
  }

  boolean isUpstreamFull() {
    return upstream != null && !upstream.isWritable();
  }

  /** Of a request without a body this is only the codec's mark of its end, which is known. */
  void requestContent(HttpContent content, boolean last) {
    boolean failed = content.decoderResult().isFailure();
    if (!bodied || failed || upstream == null) {
      content.release();
    } else {
      moved(content.content().readableBytes(), true);
      movedNanos = System.nanoTime();
      requestComplete = last;
      if (content instanceof LastHttpContent end) {
        Heads.removeOwn(end.trailingHeaders());
      }
      upstream.write(content);
    }
    if (failed) {
      close = true;
      fail(HttpResponseStatus.BAD_REQUEST, "the body cannot be read");
    }
  }

  void flushUpstream() {
    if (upstream != null) {
      upstream.flush();
    }
  }

  void upstreamWritable() {
    client.intake().regulate();
  }

  // The answer.

  void informational(HttpResponse answer) {
    if (!oldClient) {
      client.informational(answer);
    }
  }

  void answerHead(HttpResponse answer) {
    int code = answer.status().code();
    if (code == 101 && !webSocket) {
      blame(
          Backend::failed,
          HttpResponseStatus.BAD_GATEWAY,
          "the instance changed the protocol unasked");
      return;
    }
    answerStarted = true;
    isError = code >= 500;
    long now = System.nanoTime();
    tookNanos = now - movedNanos;
    movedNanos = now;
    if (code == 101) {
      tunnel = true;
      client.writeHead(answer, false);
      return;
    }
    boolean isHead = head.method().equals(HttpMethod.HEAD);
    boolean bodiless = isHead || code == 204 || code == 304;
    keepsUpstream = HttpUtil.isKeepAlive(answer);
    close = Heads.toClient(answer, oldClient, bodiless, close || !requestComplete);
    client.writeHead(answer, isHead);
  }

  void answerContent(HttpContent content, boolean last) {
    moved(content.content().readableBytes(), false);
    client.write(content);
    Upstream from = upstream;
    if (tunnel && last && from != null) {
      client.flush();
      client.openTunnel(from);
    } else if (!client.isWritable() && from != null) {
      from.setReading(false);
    }
  }

  /** All that the instance had for now has been passed on. */
  void answerPaused(boolean answered) {
    client.flush();
    if (answered && !ended) {
      settle();
    }
  }

  private void settle() {
    Upstream used = upstream;
    upstream = null;
    Backend left = search.leave();
    if (left != null) {
      left.answered(isError, tookNanos);
    }
    if (used != null && keepsUpstream && requestComplete && used.isClean()) {
      used.keep();
    } else if (used != null) {
      used.close();
    }
    end();
  }

  void doNotKeep() {
    keepsUpstream = false;
  }

  void clientWritable(boolean writable) {
    movedNanos = System.nanoTime();
    if (upstream != null) {
      upstream.setReading(writable);
    }
  }

  // What goes wrong.

  void upstreamLost() {
    Upstream lost = upstream;
    if (ended || lost == null) {
      return;
    }
    if (!answerStarted && search.maySendAgain()) {
      upstream = null;
      search.sendAgain(lost.wasUsed());
    } else {
      blame(
          Backend::refused,
          HttpResponseStatus.BAD_GATEWAY,
          "the instance closed without an answer");
    }
  }

  void unreadable(Throwable cause) {
    blame(
        Backend::failed,
        HttpResponseStatus.BAD_GATEWAY,
        "the instance's answer cannot be read: " + cause.getMessage());
  }

  /**
   * @param failure what it is while no answer was begun
   */
  private void blame(Consumer<Backend> failure, HttpResponseStatus status, String reason) {
    Backend failed = search.backend();
    if (failed != null && answerStarted) {
      failed.brokeOff();
    } else if (failed != null) {
      failure.accept(failed);
    }
    fail(status, reason);
  }

  /** Answers in the instance's place where nothing was answered yet, else cuts. */
  private void fail(HttpResponseStatus status, String reason) {
    drop();
    if (answerStarted) {
      abort();
    } else {
      answer(status, reason);
    }
  }

  /** An answer that was begun cannot be taken back: the client sees that it is not whole. */
  private void abort() {
    drop();
    ended = true;
    client.abort();
  }

  private void drop() {
    Upstream dropped = upstream;
    upstream = null;
    search.leave();
    if (dropped != null) {
      dropped.close();
    }
  }

  void refuse(Refused refused) {
    close = true;
    answer(refused.status(), refused.reason());
  }

  /** In the instance's place. */
  void answer(HttpResponseStatus status, String reason) {
    if (ended) {
      return;
    }
    close |= !requestComplete;
    answerStarted = true;
    client.answer(status, reason, close, head.method().equals(HttpMethod.HEAD));
    end();
  }

  /** The client is gone. */
  void abandon() {
    if (!ended) {
      ended = true;
      Backend left = search.backend();
      if (tunnel && left != null) {
        left.answered(isError, tookNanos);
      }
      search.abandon();
      drop();
    }
  }

  private void end() {
    if (!ended) {
      ended = true;
      client.ended(close, requestComplete);
    }
  }

  boolean isAt(Set<Backend> backends) {
    return !ended && search.isAt(backends);
  }

  /** At the deadline of a drain. */
  void cut() {
    close = true;
    fail(HttpResponseStatus.SERVICE_UNAVAILABLE, "the instance was retired; ask again");
  }

  /** Payload from the client or to it. */
  void moved(long bytes, boolean in) {
    Backend now = search.backend();
    if (now != null && in) {
      now.received(bytes);
    } else if (now != null) {
      now.sent(bytes);
    }
  }

  void tick(long nowNanos, HttpLimits limits) {
    if (ended || tunnel || upstream == null) {
      return;
    }
    long quiet = nowNanos - movedNanos;
    boolean stuck = quiet > limits.idleTime().toNanos();
    if (!requestComplete) {
      if (stuck && isUpstreamFull()) {
        blame(
            Backend::timedOut,
            HttpResponseStatus.GATEWAY_TIMEOUT,
            "the instance does not take the request");
      } else if (stuck) {
        close = true;
        fail(HttpResponseStatus.REQUEST_TIMEOUT, "the rest of the request did not come");
      }
    } else if (!answerStarted && quiet > limits.answerTime().toNanos()) {
      blame(
          Backend::timedOut,
          HttpResponseStatus.GATEWAY_TIMEOUT,
          "the instance did not answer in time");
    } else if (stuck && answerStarted && !client.isWritable()) {
      abort();
    }
  }

  String describe() {
    Backend now = search.backend();
    return now == null ? "none" : now.instance().toString();
  }
}
