package dev.bumpless.ledger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket on which every message comes back, once and in order. Closed by the server with 1012
 * at a frame boundary it is moved: what was under way is given back to be sent again.
 */
final class WebSocketConnection implements Wire.Listener {
  private static final String KEY = Base64.getEncoder().encodeToString(new byte[16]);
  private static final int SERVICE_RESTART = 1012;
  private static final int CLOSE = 8;
  private static final int PING = 9;

  /** Whoever opened it; told once. */
  interface Owner {
    /** Closed with 1012; {@code underway} was sent and not answered. */
    void moved(WebSocketConnection connection, List<Request> underway);

    /** Gone any other way; what was under way is booked as lost. */
    void gone(WebSocketConnection connection);
  }

  private final Session session;
  private final Account account;
  private final Owner owner;
  private final HttpReader handshake = new HttpReader();
  private final WebSocketReader frames = new WebSocketReader();
  private final Map<String, Request> underway = new LinkedHashMap<>();
  private final StringBuilder held = new StringBuilder();
  private @Nullable Wire wire;
  private boolean open;
  private boolean done;

  private WebSocketConnection(Session session, Account account, Owner owner) {
    this.session = session;
    this.account = account;
    this.owner = owner;
  }

  static WebSocketConnection open(Session session, Account account, Owner owner) {
    WebSocketConnection connection = new WebSocketConnection(session, account, owner);
    try {
      connection.wire = Wire.open(session.loop(), session.options().target(), connection);
      connection.wire.send(connection.upgrade());
    } catch (IOException e) {
      connection.held.append(e.getMessage());
    }
    return connection;
  }

  private byte[] upgrade() {
    return ("GET "
            + session.options().webSocketPath()
            + " HTTP/1.1\r\nHost: "
            + session.options().host()
            + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: "
            + KEY
            + "\r\n\r\n")
        .getBytes(ISO_8859_1);
  }

  /** Sends the message of a request, now or once the WebSocket is open. */
  void send(Request request) {
    underway.put(request.token(), request);
    if (wire == null) {
      lose(Reason.REFUSED, held.toString());
    } else if (open) {
      sendText(request.token());
    }
  }

  private void sendText(String text) {
    if (wire != null) {
      wire.send(WebSocketReader.masked(1, text));
    }
  }

  @Override
  public void received(ByteBuffer bytes) {
    try {
      if (!open) {
        shakeHands(bytes);
      }
      frames.feed(bytes);
      for (Optional<WebSocketReader.Frame> frame = frames.next();
          frame.isPresent() && !done;
          frame = frames.next()) {
        take(frame.get());
      }
    } catch (GarbledException e) {
      lose(Reason.GARBLED, String.valueOf(e.getMessage()));
    }
  }

  private void shakeHands(ByteBuffer bytes) throws GarbledException {
    Optional<HttpAnswer> answer = handshake.read(bytes);
    if (answer.isEmpty()) {
      return;
    }
    String accept = answer.get().headers().getOrDefault("sec-websocket-accept", "");
    if (answer.get().status() != 101) {
      lose(Reason.WRONG_STATUS, answer.get().status() + " to the upgrade");
    } else if (!accept.equals(expectedAccept())) {
      lose(Reason.WRONG_ANSWER, "Sec-WebSocket-Accept '" + accept + "'");
    } else {
      open = true;
      underway.keySet().forEach(this::sendText);
    }
  }

  private static String expectedAccept() {
    try {
      String salted = KEY + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
      byte[] digest = MessageDigest.getInstance("SHA-1").digest(salted.getBytes(ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  private void take(WebSocketReader.Frame frame) {
    switch (frame.opcode()) {
      case PING -> {
        if (wire != null) {
          wire.send(WebSocketReader.masked(10, frame.payload()));
        }
      }
      case CLOSE -> closedWith(frame);
      case 1 -> echoed(frame.payload());
      default -> account.stray(Reason.GARBLED, "a frame with opcode " + frame.opcode());
    }
  }

  private void echoed(String text) {
    String oldest = underway.isEmpty() ? "" : underway.keySet().iterator().next();
    Request request = underway.remove(text);
    if (request == null) {
      account.stray(Reason.ANSWERED_TWICE, "'" + text + "' is not under way");
    } else if (request.isOpen()) {
      account.answered(request);
      if (!oldest.equals(text)) {
        account.stray(Reason.WRONG_ANSWER, text + " came before " + oldest);
      }
    }
  }

  private void closedWith(WebSocketReader.Frame frame) {
    if (frame.closeCode() != SERVICE_RESTART || frames.isMidFrame()) {
      lose(Reason.CLOSED, "close frame " + frame.closeCode());
      return;
    }
    if (wire != null) {
      wire.send(WebSocketReader.masked(CLOSE, frame.payload()));
    }
    Collection<Request> unanswered = List.copyOf(underway.values());
    leave();
    account.moved();
    owner.moved(this, unanswered.stream().filter(Request::isOpen).toList());
  }

  @Override
  public void ended() {
    lose(frames.isMidFrame() ? Reason.TRUNCATED : Reason.CLOSED, "no close frame");
  }

  @Override
  public void broken(Reason reason, String detail) {
    lose(reason, detail);
  }

  private void lose(Reason reason, String detail) {
    List<Request> unanswered = underway.values().stream().filter(Request::isOpen).toList();
    leave();
    unanswered.forEach(request -> account.failed(request, reason, detail));
    if (unanswered.isEmpty() && open) {
      account.stray(reason, "a WebSocket ended: " + detail);
    }
    owner.gone(this);
  }

  private void leave() {
    done = true;
    underway.clear();
    if (wire != null) {
      wire.close();
    }
  }
}
