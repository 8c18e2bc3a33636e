package dev.bumpless.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A client's HTTP/1.1 connection; what it sends is answered in order. */
final class HttpConnection implements Wire.Listener {
  /** How long to listen for more than was asked for before closing, once the last answer came. */
  private static final long LINGER_NANOS = 500_000_000;

  /** Whoever opened it. */
  interface Owner {
    /** Everything is answered and the connection can be used again. */
    default void idle(HttpConnection connection) {}

    /** It cannot be used any more. */
    default void gone(HttpConnection connection) {}
  }

  private record Exchange(Request request, Check check) {}

  private final Session session;
  private final Account account;
  private final Owner owner;
  private final HttpReader reader = new HttpReader();
  private final Deque<Exchange> underway = new ArrayDeque<>();
  private @Nullable Wire wire;
  private String refusal = "";
  private boolean last;

  private HttpConnection(Session session, Account account, Owner owner) {
    this.session = session;
    this.account = account;
    this.owner = owner;
  }

  static HttpConnection open(Session session, Account account, Owner owner) {
    HttpConnection connection = new HttpConnection(session, account, owner);
    try {
      connection.wire = Wire.open(session.loop(), session.options().target(), connection);
    } catch (IOException e) {
      connection.refusal = String.valueOf(e.getMessage());
    }
    return connection;
  }

  /** Sends the first, or only, part of a request. */
  void send(Request request, Check check, byte[] bytes) {
    underway.add(new Exchange(request, check));
    session.limit(request, account, () -> giveUp("behind " + request.token()));
    if (wire == null) {
      lose(Reason.REFUSED, refusal);
    } else if (wire.isClosed() || last) {
      lose(Reason.CLOSED, "");
    } else {
      wire.send(bytes);
    }
  }

  /** Sends more of the request that was sent last; nothing once the connection is gone. */
  void sendMore(byte[] bytes) {
    if (wire != null) {
      wire.send(bytes);
    }
  }

  /** Nothing more is sent or heard; what is under way is no longer this connection's. */
  void close() {
    if (wire != null) {
      wire.close();
    }
    leave();
  }

  private void leave() {
    if (!last) {
      last = true;
      owner.gone(this);
    }
  }

  @Override
  public void received(ByteBuffer bytes) {
    try {
      for (Optional<HttpAnswer> answer = reader.read(bytes);
          answer.isPresent();
          answer = reader.read(bytes)) {
        take(answer.get());
      }
      if (reader.isMidAnswer() && underway.isEmpty()) {
        throw new GarbledException("bytes that nobody asked for");
      }
    } catch (GarbledException e) {
      lose(Reason.GARBLED, String.valueOf(e.getMessage()));
    }
    bytes.position(bytes.limit());
  }

  private void take(HttpAnswer answer) {
    Exchange exchange = underway.poll();
    if (exchange == null) {
      account.stray(Reason.ANSWERED_TWICE, answer.status() + " " + start(answer.body()));
      return;
    }
    judge(exchange, answer);
    if (answer.closes()) {
      leave();
      if (!underway.isEmpty()) {
        lose(Reason.CLOSED, "the answer before said so");
      }
      session.loop().at(session.loop().now() + LINGER_NANOS, this::close);
    } else if (underway.isEmpty()) {
      owner.idle(this);
    }
  }

  private void judge(Exchange exchange, HttpAnswer answer) {
    if (answer.status() != 200) {
      account.failed(exchange.request, Reason.WRONG_STATUS, answer.status() + start(answer.body()));
    } else if (!exchange.check.accepts(exchange.request, answer)) {
      account.failed(exchange.request, Reason.WRONG_ANSWER, start(answer.body()));
    } else {
      session.versions().read(answer.body(), session.loop().elapsedMs(session.loop().now()));
      account.answered(exchange.request);
    }
  }

  private static String start(String body) {
    return " '" + body.substring(0, Math.min(60, body.length())).strip() + "'";
  }

  @Override
  public void ended() {
    lose(reader.isMidAnswer() ? Reason.TRUNCATED : Reason.CLOSED, "end of the connection");
  }

  @Override
  public void broken(Reason reason, String detail) {
    lose(reason, detail);
  }

  private void giveUp(String why) {
    lose(Reason.TIMEOUT, why);
  }

  /** Everything under way is lost: the first for this reason, what is behind it with it. */
  private void lose(Reason reason, String detail) {
    if (reason == Reason.GARBLED && underway.isEmpty()) {
      account.stray(reason, detail);
    }
    if (underway.isEmpty() && !last) {
      account.reopened();
    }
    Reason behind = reason == Reason.TRUNCATED ? Reason.CLOSED : reason;
    Reason now = reason;
    for (Exchange exchange = underway.poll(); exchange != null; exchange = underway.poll()) {
      account.failed(exchange.request, now, detail);
      now = behind;
    }
    close();
  }
}
