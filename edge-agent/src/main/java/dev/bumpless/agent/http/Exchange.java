package dev.bumpless.agent.http;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One HTTP/1.1 request and its answer (RFC 9112). Redirects are not followed.
 *
 * <p>Written on a socket, as neither client of the JDK keeps a deadline for all of an exchange,
 * slow bodies and peers that do not read included, and the newer one costs a gateway several MB.
 *
 * <h2>Concurrency</h2>
 *
 * Used by one thread. The deadline closes the socket, whatever that thread is blocked in.
 *
 * <h2>Limits</h2>
 *
 * Heads up to 64 KiB; bodies are streamed, in memory is one buffer.
 */
public final class Exchange implements AutoCloseable {
  private static final int BUFFER_BYTES = 16 * 1024;

  private final Url url;
  private final Duration limit;
  private final Socket socket = new Socket();
  private final CompletableFuture<Boolean> deadline;
  private volatile boolean late;

  private Exchange(Url url, Duration limit) {
    this.url = url;
    this.limit = limit;
    this.deadline =
        new CompletableFuture<Boolean>().orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS);
    CompletableFuture<Boolean> unused =
        deadline.whenComplete((ended, timeout) -> expire(timeout != null));
  }

  /**
   * @param limit of all until it is closed
   */
  public static Exchange open(Url url, Duration limit) throws IOException {
    Exchange exchange = new Exchange(url, limit);
    try {
      exchange.socket.connect(new InetSocketAddress(url.host(), url.port()));
      exchange.socket.setTcpNoDelay(true);
      return exchange;
    } catch (ConnectException e) {
      exchange.close();
      throw new IOException("nothing listens there (" + e.getMessage() + ")", e);
    } catch (IOException e) {
      exchange.close();
      throw exchange.inWords(e);
    }
  }

  public Answer get() throws IOException {
    try {
      socket.getOutputStream().write(head("GET", Map.of()));
      return answer();
    } catch (IOException e) {
      throw inWords(e);
    }
  }

  /**
   * Sends what the other has answered. Where it cannot be read to its end, what is sent has none
   * either.
   *
   * @throws BrokenSourceException where reading it failed
   */
  public Answer put(Answer source) throws IOException {
    try {
      send(source);
    } catch (BrokenSourceException e) {
      throw e;
    } catch (IOException refused) {
      return earlyAnswer(refused);
    }
    try {
      return answer();
    } catch (IOException e) {
      throw inWords(e);
    }
  }

  private void send(Answer source) throws IOException {
    boolean chunked = source.bodyBytes().isEmpty();
    Map<String, String> framing =
        chunked
            ? Map.of("Transfer-Encoding", "chunked")
            : Map.of("Content-Length", String.valueOf(source.bodyBytes().getAsLong()));
    OutputStream out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES + 16);
    out.write(head("PUT", framing));
    String type = source.header("content-type").orElse("application/octet-stream");
    out.write(("Content-Type: " + type + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    byte[] bytes = new byte[BUFFER_BYTES];
    for (int count = read(source, bytes); count >= 0; count = read(source, bytes)) {
      if (chunked && count > 0) {
        out.write((Integer.toHexString(count) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        out.write(bytes, 0, count);
        out.write(new byte[] {'\r', '\n'});
      } else {
        out.write(bytes, 0, count);
      }
    }
    if (chunked) {
      out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }
    out.flush();
  }

  private static int read(Answer source, byte[] bytes) throws BrokenSourceException {
    try {
      return source.body().read(bytes);
    } catch (IOException e) {
      throw new BrokenSourceException(e);
    }
  }

  /** A server may refuse before it has read all, and close. */
  private Answer earlyAnswer(IOException refused) throws IOException {
    try {
      return answer();
    } catch (IOException e) {
      throw inWords(refused);
    }
  }

  /** Without the empty line behind the head where fields may follow. */
  private byte[] head(String method, Map<String, String> fields) {
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(url.path()).append(" HTTP/1.1\r\nHost: ");
    head.append(url.host()).append(':').append(url.port());
    head.append("\r\nUser-Agent: bumpless\r\nAccept: */*\r\nConnection: close\r\n");
    fields.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (fields.isEmpty()) {
      head.append("\r\n");
    }
    return head.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private Answer answer() throws IOException {
    InputStream in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
    Head head = Head.read(in);
    while (head.isInterim()) {
      head = Head.read(in);
    }
    return new Answer(
        head.status(), head.fields(), head.bodyBytes(), new Body(this, head.body(in)));
  }

  private void expire(boolean timedOut) {
    late = timedOut;
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException("a socket was not closed", e);
    }
  }

  /** What the closed socket tells is not what has happened. */
  IOException inWords(IOException e) {
    if (!late) {
      return e;
    }
    SocketTimeoutException timeout =
        new SocketTimeoutException("no end within " + limit.toMillis() + " ms");
    timeout.initCause(e);
    return timeout;
  }

  @Override
  public void close() {
    deadline.complete(true);
  }

  /** What was to be passed on could not be read. */
  public static final class BrokenSourceException extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenSourceException(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }
}
