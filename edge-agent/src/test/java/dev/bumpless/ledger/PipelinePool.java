package dev.bumpless.ledger;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A few connections in turn, each for a burst of requests whether idle or not. */
final class PipelinePool implements Supplier<HttpConnection>, HttpConnection.Owner {
  private final Session session;
  private final Account account;
  private final int burst;
  private final @Nullable HttpConnection[] connections;
  private long taken;

  PipelinePool(Session session, Account account, int burst, int size) {
    this.session = session;
    this.account = account;
    this.burst = burst;
    this.connections = new HttpConnection[size];
  }

  @Override
  public HttpConnection get() {
    int turn = (int) (taken++ / burst % connections.length);
    HttpConnection connection = connections[turn];
    if (connection == null) {
      connection = HttpConnection.open(session, account, this);
      connections[turn] = connection;
    }
    return connection;
  }

  @Override
  public void gone(HttpConnection connection) {
    for (int i = 0; i < connections.length; i++) {
      if (connections[i] == connection) {
        connections[i] = null;
      }
    }
  }
}
