package dev.bumpless.router.control;

import dev.bumpless.router.modbus.state.StateCopies;
import dev.bumpless.router.net.Connections;
import dev.bumpless.router.table.RouteTable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Listens on a unix socket that only its owner may open (mode 0600) and gives each connection a
 * thread of its own: a drain may take minutes, and nothing here carries requests.
 */
public final class ControlSocket implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ControlSocket.class.getName());

  /** Most connections at a time; one more is told so and closed. */
  static final int MOST_SESSIONS = 16;

  /** After a connection that could not be accepted, in milliseconds. */
  private static final long PAUSE_MILLIS = 500;

  private final Path path;
  private final ServerSocketChannel server;
  private final Commands commands;
  private final RouteTable table;
  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();

  private ControlSocket(
      Path path, ServerSocketChannel server, Commands commands, RouteTable table) {
    this.path = path;
    this.server = server;
    this.commands = commands;
    this.table = table;
  }

  /**
   * Opens the socket and starts to answer.
   *
   * @throws IOException also when another router answers there
   */
  public static ControlSocket open(
      Path path, RouteTable table, Connections connections, StateCopies copies, Show.About about)
      throws IOException {
    refuseSecond(path);
    ServerSocketChannel server = bind(path);
    Commands commands =
        new Commands(
            table,
            new Drain(table, connections),
            new StateCommands(table, copies),
            new Show(table, connections, copies, about));
    ControlSocket socket = new ControlSocket(path, server, commands, table);
    thread("control", socket::accept).start();
    return socket;
  }

  private static void refuseSecond(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (SocketChannel other = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      throw new IOException(
          "another router answers at " + path + " (" + other + "); stop it or name another socket");
    } catch (SocketException e) {
      LOG.log(Level.DEBUG, "event=stale-socket path={0}", path);
    }
  }

  /** Under another name until its mode is set: at no instant can others open it. */
  private static ServerSocketChannel bind(Path path) throws IOException {
    Path unborn = path.resolveSibling("." + path.getFileName() + ".new");
    Files.deleteIfExists(unborn);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(unborn), MOST_SESSIONS);
      Files.setPosixFilePermissions(unborn, PosixFilePermissions.fromString("rw-------"));
      Files.move(unborn, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return server;
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        start(server.accept());
      } catch (IOException e) {
        if (server.isOpen()) {
          LOG.log(
              Level.ERROR,
              "event=control-accept-failed path={0} reason=\"{1}\"",
              path,
              e.getMessage());
          pause();
        }
      }
    }
  }

  /** Without file descriptors the next attempt would fail at once, and the next. */
  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void start(SocketChannel client) {
    Session session = new Session(client, commands);
    if (sessions.size() >= MOST_SESSIONS) {
      session.refuse(
          "error BUSY " + MOST_SESSIONS + " connections are open, the most there may be");
      return;
    }
    sessions.add(session);
    thread("control-session", () -> serve(session)).start();
  }

  private void serve(Session session) {
    try {
      session.run();
    } finally {
      sessions.remove(session);
      table.ownerGone(session);
    }
  }

  private static Thread thread(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() throws IOException {
    server.close();
    sessions.forEach(Session::close);
    Files.deleteIfExists(path);
  }
}
