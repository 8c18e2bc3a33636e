package dev.bumpless.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A cable that a test can pull: forwards TCP on loopback until it is told not to. */
public final class Relay implements AutoCloseable {
  private final int target;
  private final ServerSocket listening;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private volatile boolean isStalled;

  public Relay(int targetPort) throws IOException {
    this(InetAddress.getLoopbackAddress(), targetPort);
  }

  public Relay(InetAddress listenOn, int targetPort) throws IOException {
    target = targetPort;
    listening = new ServerSocket();
    listening.setReceiveBufferSize(16 * 1024); // so that a stall is felt soon
    listening.bind(new InetSocketAddress(listenOn, 0));
    daemon(this::accept, "relay " + listening.getLocalPort());
  }

  public int port() {
    return listening.getLocalPort();
  }

  /** Resets every connection; new ones pass. */
  public void cut() {
    for (Socket socket : sockets) {
      reset(socket);
    }
    sockets.clear();
  }

  /** Keeps connections open and moves no byte any more, as a cable that is dead but not noticed. */
  public void stall() {
    isStalled = true;
  }

  @Override
  public void close() throws IOException {
    listening.close();
    cut();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket near = listening.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(near);
        sockets.add(far);
        daemon(() -> pump(near, far), "relay up");
        daemon(() -> pump(far, near), "relay down");
      } catch (IOException e) {
        // closed by the test, or the broker is away: the client sees a reset
      }
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[8192];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (isStalled) {
          return; // both sockets stay open, nobody reads
        }
        out.write(buffer, 0, n);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      reset(from);
      reset(to);
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // it is gone already
    }
  }

  private static void daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }
}
