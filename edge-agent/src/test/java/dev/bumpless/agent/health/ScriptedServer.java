package dev.bumpless.agent.health;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A server on loopback that does to each connection what it is told, and can hold all of them. */
public final class ScriptedServer implements AutoCloseable {
  private final ServerSocket socket;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Void> accepting;
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile Script script;

  /** What is done to a connection; then it is closed. */
  public interface Script {
    void serve(Socket client) throws Exception;
  }

  public ScriptedServer(Script script) throws IOException {
    this(InetAddress.getLoopbackAddress().getHostAddress(), 0, script);
  }

  /**
   * @param address one of this machine's, 127.0.0.2 too
   * @param port 0: any
   */
  public ScriptedServer(String address, int port, Script script) throws IOException {
    this.script = script;
    this.socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(address, port), 200);
    this.accepting = CompletableFuture.runAsync(this::accept, threads);
  }

  public static ScriptedServer answering(String answer) throws IOException {
    return new ScriptedServer(answer(answer));
  }

  /** Reads to the end of the headers, then answers. */
  public static Script answer(String text) {
    return client -> {
      InputStream in = client.getInputStream();
      int last = 0;
      while (last != 0x0D0A0D0A) {
        int next = in.read();
        if (next < 0) {
          return;
        }
        last = last << 8 | next;
      }
      client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    };
  }

  public int port() {
    return socket.getLocalPort();
  }

  void now(Script other) {
    script = other;
  }

  /** Answers nothing for so long; returns at once. */
  void stall(Duration length) {
    CountDownLatch closed = new CountDownLatch(1);
    gate = closed;
    CompletableFuture.delayedExecutor(length.toMillis(), TimeUnit.MILLISECONDS)
        .execute(closed::countDown);
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        open.add(client);
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      gate.await();
      script.serve(client);
    } catch (Exception e) {
      // the test sees what became of the connection
    } finally {
      open.remove(client);
    }
  }

  /** Then nothing listens there: the kernel keeps the socket while a thread still waits on it. */
  @Override
  public void close() throws IOException {
    socket.close();
    accepting.join();
    for (Socket client : open) {
      client.close();
    }
    threads.shutdownNow();
  }
}
