package dev.bumpless.ledger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.function.Supplier;

/** GETs, each on the connection that {@code connections} gives for it. */
final class GetClient implements Client {
  private final Session session;
  private final Account account;
  private final Supplier<HttpConnection> connections;
  private final String headers;
  private final Check check;

  private GetClient(
      Session session, Account account, Supplier<HttpConnection> connections, String headers) {
    this.session = session;
    this.account = account;
    this.connections = connections;
    this.headers = headers;
    this.check = session.options().getPath().contains("{n}") ? Check.ownNumber() : Check.anyBody();
  }

  /** A connection for each. */
  static Client onNewConnections(Session session, Account account) {
    HttpConnection.Owner nobody = new HttpConnection.Owner() {};
    return new GetClient(
        session,
        account,
        () -> HttpConnection.open(session, account, nobody),
        "Connection: close\r\n");
  }

  /** One at a time on each of about {@code size} connections. */
  static Client onKeptConnections(Session session, Account account, int size) {
    return new GetClient(session, account, new Pool(session, account, size)::take, "");
  }

  /** All on one connection, whatever is under way there; {@code size} of those in turn. */
  static Client pipelined(Session session, Account account, int burst, int size) {
    return new GetClient(session, account, new PipelinePool(session, account, burst, size), "");
  }

  @Override
  public void fire(long due) {
    Request request = account.open(due);
    String path = session.options().getPath().replace("{n}", request.token());
    String text =
        "GET " + path + " HTTP/1.1\r\nHost: " + session.options().host() + "\r\n" + headers;
    connections.get().send(request, check, (text + "\r\n").getBytes(ISO_8859_1));
  }
}
