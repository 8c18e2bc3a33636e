package dev.bumpless.ledger;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages on a few WebSockets in turn. */
final class WebSocketClient implements Client, WebSocketConnection.Owner {
  private final Session session;
  private final Account account;
  private final @Nullable WebSocketConnection[] connections;
  private int turn;

  WebSocketClient(Session session, Account account, int size) {
    this.session = session;
    this.account = account;
    this.connections = new WebSocketConnection[size];
  }

  @Override
  public void fire(long due) {
    Request request = account.open(due);
    session.limit(request, account, () -> {});
    send(request, turn++ % connections.length);
  }

  private void send(Request request, int place) {
    WebSocketConnection connection = connections[place];
    if (connection == null) {
      connection = WebSocketConnection.open(session, account, this);
      connections[place] = connection;
    }
    connection.send(request);
  }

  @Override
  public void moved(WebSocketConnection connection, List<Request> underway) {
    int place = forget(connection);
    for (Request request : underway) {
      account.resent();
      send(request, place);
    }
  }

  @Override
  public void gone(WebSocketConnection connection) {
    forget(connection);
  }

  private int forget(WebSocketConnection connection) {
    for (int i = 0; i < connections.length; i++) {
      if (connections[i] == connection) {
        connections[i] = null;
        return i;
      }
    }
    return 0;
  }
}
