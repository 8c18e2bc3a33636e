package dev.bumpless.agent.docker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A way to a registry on which answers get stuck after so many bytes, the connection open. */
final class StoppingProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final int registryPort;
  private final long bytesPerConnection;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch stuck = new CountDownLatch(1);

  StoppingProxy(LoopbackRegistry registry, long bytesPerConnection) throws IOException {
    this.registryPort = Integer.parseInt(registry.host().replaceFirst(".*:", ""));
    this.bytesPerConnection = bytesPerConnection;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  String host() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** Released when the first answer has got stuck. */
  CountDownLatch stuck() {
    return stuck;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), registryPort);
        open.add(client);
        open.add(server);
        threads.execute(() -> pump(client, server, Long.MAX_VALUE));
        threads.execute(() -> pump(server, client, bytesPerConnection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void pump(Socket from, Socket to, long limit) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[8192];
      for (long passed = 0; passed < limit; ) {
        int count = in.read(buffer);
        if (count < 0) {
          to.shutdownOutput();
          return;
        }
        out.write(buffer, 0, count);
        passed += count;
      }
      stuck.countDown();
    } catch (IOException e) {
      // either end has gone; the test sees what the engine makes of it
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
    threads.shutdownNow();
  }
}
