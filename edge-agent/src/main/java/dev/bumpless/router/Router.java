package dev.bumpless.router;

import dev.bumpless.router.control.ControlSocket;
import dev.bumpless.router.control.Show;
import dev.bumpless.router.http.HttpFront;
import dev.bumpless.router.modbus.ModbusFront;
import dev.bumpless.router.modbus.state.StateCopies;
import dev.bumpless.router.net.Connections;
import dev.bumpless.router.net.Listeners;
import dev.bumpless.router.net.Loops;
import dev.bumpless.router.table.Protocol;
import dev.bumpless.router.table.RouteTable;
import dev.bumpless.router.tcp.TcpFront;
import dev.bumpless.router.udp.UdpFront;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.UUID;

/** The parts of a router, wired, started in order and closed in reverse. */
public final class Router implements AutoCloseable {
  private final FileChannel lock;
  private final Loops loops;
  private final RouteTable table;
  private final StateCopies copies;
  private final ControlSocket control;

  private Router(
      FileChannel lock, Loops loops, RouteTable table, StateCopies copies, ControlSocket control) {
    this.lock = lock;
    this.loops = loops;
    this.table = table;
    this.copies = copies;
    this.control = control;
  }

  /** Returns when the kept routes are served and the control socket answers. */
  public static Router start(RouterConfig config) throws IOException {
    FileChannel lock = lock(config.state());
    String boot = UUID.randomUUID().toString().substring(0, 8);
    Loops loops = new Loops(config.threads());
    StateCopies copies = new StateCopies(boot);
    Connections connections = new Connections(config.mostConnections());
    Listeners listeners =
        new Listeners(
            loops,
            connections,
            Map.of(
                Protocol.Kind.HTTP, new HttpFront(loops, config.http()),
                Protocol.Kind.TCP, new TcpFront(loops, "tcp"),
                Protocol.Kind.MODBUS,
                    new ModbusFront(
                        loops, config.modbus(), new TcpFront(loops, "modbus-opaque"), copies)),
            new UdpFront(loops));
    RouteTable table = new RouteTable(config.state().resolve("routes"), listeners, boot);
    table.start();
    Show.About about = new Show.About(boot, config.version(), loops.transport(), System.nanoTime());
    ControlSocket control = ControlSocket.open(config.socket(), table, connections, copies, about);
    return new Router(lock, loops, table, copies, control);
  }

  /** Two routers on one state would undo each other's flips. */
  private static FileChannel lock(Path state) throws IOException {
    Path file = Files.createDirectories(state).resolve("lock");
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock held = channel.tryLock();
      if (held != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Held by this very process: answered as any other holder.
    }
    channel.close();
    throw new IOException("another router works on " + state + "; stop it or name another folder");
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      control.close();
      copies.close();
      table.close();
      loops.close();
    }
  }
}
