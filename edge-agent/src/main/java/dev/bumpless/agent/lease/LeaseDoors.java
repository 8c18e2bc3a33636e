package dev.bumpless.agent.lease;

import dev.bumpless.manifest.AppName;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/**
 * The unix sockets where leases are asked for: {@code lease.sock} of the state folder for persons,
 * and one for each app in a folder of its own, {@code lease/APP/lease.sock}, which its containers
 * mount. Who asks is known by the door: an app has no other.
 *
 * <h2>Concurrency</h2>
 *
 * One thread does everything, {@link #open} and {@link #shut} only enqueue.
 *
 * <h2>Limits</h2>
 *
 * A door has at most {@value #MOST_TALKS} connections, one more is closed at once; each has 5 s for
 * one line of at most {@value LeaseTalk#MOST_BYTES} bytes.
 */
public final class LeaseDoors implements AutoCloseable {
  static final int MOST_TALKS = 4;

  private static final Logger LOG = System.getLogger(LeaseDoors.class.getName());
  private static final String SOCKET = "lease.sock";
  private static final long TICK_MILLIS = 1000;

  private final Path state;
  private final LeaseDesk desk;
  private final Selector selector;
  private final Thread thread = new Thread(this::run, "lease-doors");
  private final Queue<Runnable> changes = new ArrayDeque<>();
  private final Map<Optional<AppName>, Door> doors = new HashMap<>();
  private volatile boolean isClosed;

  /** Nobody is heard before {@link #start}. */
  public LeaseDoors(Path state, LeaseDesk desk) throws IOException {
    this.state = state;
    this.desk = desk;
    Files.createDirectories(
        state.resolve("lease"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    this.selector = Selector.open();
    enqueue(() -> openDoor(Optional.empty()));
  }

  /** Opens them; a socket that cannot be opened is logged and left out. Once. */
  public void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** An app is there, or will be: its folder exists when this returns. */
  public void open(AppName app) {
    try {
      Path folder = Files.createDirectories(folder(app));
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      enqueue(() -> openDoor(Optional.of(app)));
    } catch (IOException e) {
      failed(Optional.of(app), e);
    }
  }

  /** An app is gone. */
  public void shut(AppName app) {
    enqueue(() -> shutDoor(app));
  }

  private Path folder(AppName app) {
    return state.resolve("lease").resolve(app.value());
  }

  private void enqueue(Runnable change) {
    synchronized (changes) {
      changes.add(change);
    }
    selector.wakeup();
  }

  private void openDoor(Optional<AppName> app) {
    if (doors.containsKey(app)) {
      return;
    }
    Path path = app.map(this::folder).orElse(state).resolve(SOCKET);
    try {
      ServerSocketChannel server = bind(path, app.isPresent() ? "rw-rw-rw-" : "rw-------");
      Door door = new Door(path, server, new LeaseWords(desk, app));
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT, door);
      doors.put(app, door);
    } catch (IOException | RuntimeException e) {
      failed(app, e);
    }
  }

  private static void failed(Optional<AppName> app, Exception e) {
    LOG.log(
        Level.ERROR,
        "event=lease-door-failed app={0} reason=\"{1}\"",
        app.map(AppName::value).orElse(LeaseKey.ALL),
        e);
  }

  /**
   * Where no container reaches it, until its mode is set: a link that one puts in its place is
   * replaced then, not followed.
   */
  private ServerSocketChannel bind(Path path, String mode) throws IOException {
    Path unborn = state.resolve("lease").resolve(".new");
    Files.deleteIfExists(unborn);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(unborn), MOST_TALKS);
      Files.setPosixFilePermissions(unborn, PosixFilePermissions.fromString(mode));
      Files.move(unborn, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return server;
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  private void shutDoor(AppName app) {
    Door door = doors.remove(Optional.of(app));
    if (door != null) {
      door.close();
    }
    try {
      Files.deleteIfExists(folder(app).resolve(SOCKET));
      Files.deleteIfExists(folder(app));
    } catch (IOException e) {
      LOG.log(Level.WARNING, "event=lease-folder-left app={0} reason=\"{1}\"", app, e);
    }
  }

  private void run() {
    while (!isClosed) {
      try {
        selector.select(isAnybodyThere() ? TICK_MILLIS : 0);
        takeChanges().forEach(Runnable::run);
        for (SelectionKey key : List.copyOf(selector.selectedKeys())) {
          selector.selectedKeys().remove(key);
          serve(key);
        }
        doors.values().forEach(Door::endTheSlow);
      } catch (IOException | RuntimeException e) {
        LOG.log(Level.ERROR, "event=lease-doors-stumbled", e);
        pause();
      }
    }
  }

  /** Only then somebody may have to be sent away. */
  private boolean isAnybodyThere() {
    doors.values().forEach(door -> door.talks.removeIf(talk -> !talk.isOpen()));
    return doors.values().stream().anyMatch(door -> !door.talks.isEmpty());
  }

  private List<Runnable> takeChanges() {
    synchronized (changes) {
      List<Runnable> all = new ArrayList<>(changes);
      changes.clear();
      return all;
    }
  }

  private void serve(SelectionKey key) throws IOException {
    if (!key.isValid()) {
      return;
    }
    if (key.attachment() instanceof Door door) {
      accept(door);
    } else if (key.attachment() instanceof LeaseTalk talk) {
      talk.goOn();
    }
  }

  private void accept(Door door) throws IOException {
    SocketChannel client = door.server.accept();
    if (client == null) {
      return;
    }
    if (door.talks.size() >= MOST_TALKS) {
      client.close();
      return;
    }
    client.configureBlocking(false);
    LeaseTalk talk = new LeaseTalk(client, door.words);
    client.register(selector, SelectionKey.OP_READ, talk);
    door.talks.add(talk);
  }

  /** What fails once, for want of descriptors, would fail at once again. */
  private static void pause() {
    try {
      Thread.sleep(TICK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    isClosed = true;
    selector.wakeup();
    try {
      thread.join(5 * TICK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    doors.values().forEach(Door::close);
    selector.close();
  }

  /** A socket that listens, and who talks there. */
  private static final class Door {
    private final Path path;
    private final ServerSocketChannel server;
    private final LeaseWords words;
    private final List<LeaseTalk> talks = new ArrayList<>();

    Door(Path path, ServerSocketChannel server, LeaseWords words) {
      this.path = path;
      this.server = server;
      this.words = words;
    }

    void endTheSlow() {
      talks.forEach(LeaseTalk::endIfSlow);
    }

    void close() {
      talks.forEach(LeaseTalk::close);
      try {
        server.close();
        Files.deleteIfExists(path);
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "closing " + path, e);
      }
    }
  }
}
