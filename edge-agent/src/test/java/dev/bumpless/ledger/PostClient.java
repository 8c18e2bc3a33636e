package dev.bumpless.ledger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** POSTs whose bodies leave in parts, evenly over a time; the answer must be the whole body. */
final class PostClient implements Client {
  private static final int PART_BYTES = 256;

  private final Session session;
  private final Account account;
  private final Supplier<HttpConnection> connections;
  private final Framing framing;
  private final int parts;
  private final long nanosBetween;

  /** How the body's end is told. */
  private enum Framing {
    LENGTH,
    CHUNKED
  }

  private PostClient(
      Session session,
      Account account,
      Supplier<HttpConnection> connections,
      Framing framing,
      int parts,
      Duration over) {
    this.session = session;
    this.account = account;
    this.connections = connections;
    this.framing = framing;
    this.parts = parts;
    this.nanosBetween = over.toNanos() / (parts - 1);
  }

  static Client slow(Session session, Account account) {
    HttpConnection.Owner nobody = new HttpConnection.Owner() {};
    return new PostClient(
        session,
        account,
        () -> HttpConnection.open(session, account, nobody),
        Framing.LENGTH,
        16,
        session.options().slowFor());
  }

  static Client chunked(Session session, Account account, int size) {
    return new PostClient(
        session,
        account,
        new Pool(session, account, size)::take,
        Framing.CHUNKED,
        4,
        Duration.ofMillis(20));
  }

  @Override
  public void fire(long start) {
    Request request = account.open(start + nanosBetween * (parts - 1));
    List<String> body = IntStream.range(0, parts).mapToObj(i -> part(request, i)).toList();
    HttpConnection connection = connections.get();
    connection.send(
        request,
        Check.echo(String.join("", body)),
        (head() + framed(body, 0)).getBytes(ISO_8859_1));
    for (int i = 1; i < parts; i++) {
      byte[] next = framed(body, i).getBytes(ISO_8859_1);
      session.loop().at(start + nanosBetween * i, () -> sendNext(connection, request, next));
    }
  }

  private static void sendNext(HttpConnection connection, Request request, byte[] next) {
    if (request.isOpen()) {
      connection.sendMore(next);
    } else {
      connection.close();
    }
  }

  private String head() {
    String length =
        framing == Framing.CHUNKED
            ? "Transfer-Encoding: chunked"
            : "Connection: close\r\nContent-Length: " + parts * PART_BYTES;
    return "POST "
        + session.options().echoPath()
        + " HTTP/1.1\r\nHost: "
        + session.options().host()
        + "\r\nContent-Type: text/plain\r\n"
        + length
        + "\r\n\r\n";
  }

  private static String part(Request request, int number) {
    String text = request.token() + number + ' ';
    return text.repeat(PART_BYTES / text.length() + 1).substring(0, PART_BYTES);
  }

  private String framed(List<String> body, int number) {
    String part = body.get(number);
    if (framing == Framing.LENGTH) {
      return part;
    }
    String end = number == parts - 1 ? "0\r\n\r\n" : "";
    return Integer.toHexString(part.length()) + "\r\n" + part + "\r\n" + end;
  }
}
