package dev.bumpless.rig;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Asks an app to count, one request after the other, each with a connection of its own and sent
 * once. Every number has to be the one after the last: a write that was lost or done twice shows.
 */
final class CountingClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 40_000;

  private final InetSocketAddress at;
  private final Thread thread = new Thread(this::run, "counting-client");
  private final List<String> troubles = new ArrayList<>();
  private volatile boolean isOver;
  private long last;
  private long asked;

  private CountingClient(InetSocketAddress at) {
    this.at = at;
  }

  static CountingClient start(int port) {
    CountingClient client = new CountingClient(Ports.address(port));
    client.thread.start();
    return client;
  }

  private void run() {
    while (!isOver) {
      String trouble = ask();
      synchronized (this) {
        asked++;
        if (trouble != null) {
          troubles.add(trouble);
        }
      }
    }
  }

  /** Returns what was wrong with the answer, or null. */
  private @Nullable String ask() {
    String request =
        "POST /add HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    try (Socket socket = new Socket()) {
      socket.connect(at, PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = read(socket.getInputStream());
      if (!answer.startsWith("HTTP/1.1 200 ")) {
        return "after " + last + " answered: " + answer.lines().findFirst().orElse("nothing");
      }
      long number = Long.parseLong(answer.substring(answer.indexOf("\r\n\r\n") + 4));
      String trouble = number == last + 1 ? null : "after " + last + " came " + number;
      last = number;
      return trouble;
    } catch (IOException e) {
      return "after " + last + " failed: " + e;
    }
  }

  private static String read(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
  }

  synchronized long asked() {
    return asked;
  }

  /** Until it has counted on for a while. */
  void awaitMore() {
    long sofar = asked();
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> asked() > sofar + 20);
  }

  /** What was not as it should be, so far. */
  synchronized List<String> troubles() {
    return List.copyOf(troubles);
  }

  @Override
  public void close() {
    isOver = true;
    try {
      thread.join(2L * PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
