package dev.bumpless.router.net;

import dev.bumpless.router.table.Backend;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The connections of clients that are open. Any thread. */
public final class Connections {
  private final int most;
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  public Connections(int most) {
    this.most = most;
  }

  /** Asked once for each client that comes. */
  public boolean hasRoom() {
    boolean room = open.size() < most;
    (room ? accepted : refused).incrementAndGet();
    return room;
  }

  public void opened(Connection connection) {
    open.add(connection);
  }

  public void closed(Connection connection) {
    open.remove(connection);
  }

  public List<String> describe() {
    return open.stream().map(Connection::describe).sorted().toList();
  }

  public void cut(Collection<Backend> backends) {
    Set<Backend> doomed = Set.copyOf(backends);
    open.forEach(connection -> connection.cut(doomed));
  }

  public String stats() {
    return "connections=" + open.size() + " accepted=" + accepted + " refused=" + refused;
  }
}
