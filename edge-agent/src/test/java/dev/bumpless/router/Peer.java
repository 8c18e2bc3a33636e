package dev.bumpless.router;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One end of a TCP connection that knows just enough HTTP to check a proxy: it reads messages byte
 * by byte, exactly as long as they are, and forgives nothing.
 */
public final class Peer implements AutoCloseable {
  private final Socket socket;
  private final InputStream input;

  public Peer(Socket socket) {
    try {
      this.socket = socket;
      this.input = new java.io.BufferedInputStream(socket.getInputStream());
      socket.setSoTimeout(10_000);
      socket.setTcpNoDelay(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Peer connect(String address) {
    try {
      int colon = address.lastIndexOf(':');
      Socket socket = new Socket();
      socket.connect(
          new InetSocketAddress(
              address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
          5_000);
      return new Peer(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Socket socket() {
    return socket;
  }

  public Peer send(String text) {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public Peer send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A request with nothing but a Host. */
  public Peer get(String path) {
    return send("GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n");
  }

  public Peer endOutput() {
    try {
      socket.shutdownOutput();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One byte, or -1 at the end. */
  public int read() {
    try {
      return input.read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public byte[] read(int length) {
    try {
      byte[] bytes = input.readNBytes(length);
      if (bytes.length < length) {
        throw new EOFException("ended after " + bytes.length + " of " + length + " bytes");
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String readToEnd() {
    try {
      return new String(input.readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the other side ends now, be it cleanly or by a reset, having sent nothing more. */
  public boolean isEnded() {
    try {
      return input.read() < 0;
    } catch (IOException e) {
      return !(e instanceof java.net.SocketTimeoutException);
    }
  }

  public String readLine() {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      int next = read();
      if (next < 0) {
        throw new UncheckedIOException(new EOFException("ended in line '" + line + "'"));
      }
      if (next == '\n') {
        String text = line.toString(StandardCharsets.ISO_8859_1);
        if (!text.endsWith("\r")) {
          throw new AssertionError("a line without CR: " + text);
        }
        return text.substring(0, text.length() - 1);
      }
      line.write(next);
    }
  }

  /** The head of a message. */
  public Message readHead() {
    String start = readLine();
    Map<String, List<String>> headers = new TreeMap<>();
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      int colon = line.indexOf(':');
      headers
          .computeIfAbsent(
              line.substring(0, colon).toLowerCase(Locale.ROOT), key -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    return new Message(start, headers, "", Map.of());
  }

  /** A request, or an answer to one that was not HEAD. */
  public Message readMessage() {
    return readBody(readHead());
  }

  public Message readBody(Message head) {
    if (head.isBodiless()) {
      return head;
    }
    if (head.header("transfer-encoding").equalsIgnoreCase("chunked")) {
      return readChunks(head);
    }
    String length = head.header("content-length");
    if (length.isEmpty()) {
      return head.isRequest() ? head : head.with(readToEnd(), Map.of());
    }
    byte[] body = read(Integer.parseInt(length));
    return head.with(new String(body, StandardCharsets.ISO_8859_1), Map.of());
  }

  private Message readChunks(Message head) {
    StringBuilder body = new StringBuilder();
    for (int size = chunkSize(); size > 0; size = chunkSize()) {
      body.append(new String(read(size), StandardCharsets.ISO_8859_1));
      if (!readLine().isEmpty()) {
        throw new AssertionError("a chunk is longer than it said");
      }
    }
    Map<String, String> trailers = new TreeMap<>();
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      int colon = line.indexOf(':');
      trailers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return head.with(body.toString(), trailers);
  }

  private int chunkSize() {
    return Integer.parseInt(readLine(), 16);
  }

  /** Closes so that the other side sees a reset. Closed already is fine. */
  public void reset() {
    try {
      if (!socket.isClosed()) {
        socket.setSoLinger(true, 0);
      }
    } catch (IOException e) {
      // Closed between the two lines.
    }
    close();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param headers names in lower case
   */
  public record Message(
      String start, Map<String, List<String>> headers, String body, Map<String, String> trailers) {
    public String header(String name) {
      return String.join(" | ", headers.getOrDefault(name, List.of()));
    }

    public int status() {
      return Integer.parseInt(start.split(" ", -1)[1]);
    }

    public String path() {
      return start.split(" ", -1)[1];
    }

    boolean isRequest() {
      return !start.startsWith("HTTP/");
    }

    boolean isBodiless() {
      return !isRequest() && (status() < 200 || status() == 204 || status() == 304);
    }

    Message with(String newBody, Map<String, String> newTrailers) {
      return new Message(start, headers, newBody, newTrailers);
    }
  }
}
