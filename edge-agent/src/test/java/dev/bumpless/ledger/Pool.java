package dev.bumpless.ledger;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Kept-alive connections, used in turn. When all are busy another one is opened, so that a slow
 * answer never delays the next request.
 */
final class Pool implements HttpConnection.Owner {
  private final Session session;
  private final Account account;
  private final int size;
  private final Deque<HttpConnection> idle = new ArrayDeque<>();
  private int open;

  Pool(Session session, Account account, int size) {
    this.session = session;
    this.account = account;
    this.size = size;
  }

  HttpConnection take() {
    if (open >= size && !idle.isEmpty()) {
      return idle.remove();
    }
    open++;
    return HttpConnection.open(session, account, this);
  }

  @Override
  public void idle(HttpConnection connection) {
    if (open > size) {
      connection.close();
    } else {
      idle.add(connection);
    }
  }

  @Override
  public void gone(HttpConnection connection) {
    open--;
    idle.remove(connection);
  }
}
