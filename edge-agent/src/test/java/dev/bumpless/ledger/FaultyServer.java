package dev.bumpless.ledger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Speaks what the ledger's shapes speak, one blocking thread a connection, and misbehaves as told
 * at each {@code faultEvery}th request: what the ledger must catch.
 */
final class FaultyServer implements AutoCloseable {
  /** What goes wrong. */
  enum Fault {
    NONE,
    /** The request is swallowed. */
    SILENCE,
    /** The connection is closed in place of an answer. */
    CUT,
    /** The connection is closed inside the answer. */
    TRUNCATE,
    TWICE,
    WRONG_NUMBER,
    /** HTTP status 500; a WebSocket is closed with 1011; a TCP connection is reset. */
    ERROR,
    /** The answer comes {@code STALL_MS} late. */
    STALL,
    /** WebSockets are closed with 1012 at a frame boundary: not a fault. */
    MOVE
  }

  static final int STALL_MS = 400;

  private final ServerSocket listener;
  private final Fault fault;
  private final int faultEvery;
  private final boolean speaksTcp;
  private final AtomicInteger requests = new AtomicInteger();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  FaultyServer(Fault fault, int faultEvery, boolean speaksTcp) throws IOException {
    this(fault, faultEvery, speaksTcp, 0);
  }

  FaultyServer(Fault fault, int faultEvery, boolean speaksTcp, int port) throws IOException {
    this.fault = fault;
    this.faultEvery = faultEvery;
    this.speaksTcp = speaksTcp;
    this.listener = new ServerSocket(port, 1000, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "faulty-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        sockets.add(socket);
        start(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      new Connection(socket).serve();
    } catch (IOException | InterruptedException e) {
      // The client went away, or the fault was to cut it off.
    } finally {
      sockets.remove(socket);
    }
  }

  private Fault next() throws InterruptedException {
    boolean now = requests.incrementAndGet() % faultEvery == 0;
    if (now && fault == Fault.STALL) {
      Thread.sleep(STALL_MS);
    }
    return now ? fault : Fault.NONE;
  }

  private final class Connection {
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    Connection(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      this.out = socket.getOutputStream();
    }

    void serve() throws IOException, InterruptedException {
      if (speaksTcp) {
        serveTcp();
      } else {
        boolean more = true;
        while (more) {
          more = serveHttp();
        }
      }
    }

    private void serveTcp() throws IOException, InterruptedException {
      byte[] line = in.readAllBytes();
      switch (next()) {
        case SILENCE -> Thread.sleep(60_000);
        case CUT -> {}
        case TRUNCATE -> out.write(line, 0, line.length / 2);
        case TWICE -> {
          out.write(line);
          out.write(line);
        }
        case WRONG_NUMBER -> out.write("tcp-0.\n".getBytes(ISO_8859_1));
        case ERROR -> socket.setSoLinger(true, 0);
        case NONE, STALL, MOVE -> out.write(line);
      }
    }

    private boolean serveHttp() throws IOException, InterruptedException {
      String[] request = readLine(in).split(" ", 3);
      Map<String, String> headers = new HashMap<>();
      for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
        String[] header = line.split(": ", 2);
        headers.put(header[0].toLowerCase(Locale.ROOT), header[1]);
      }
      if (headers.containsKey("upgrade")) {
        serveWebSocket(headers.get("sec-websocket-key"));
        return false;
      }
      String body = readBody(headers);
      boolean closes = "close".equals(headers.get("connection"));
      String echo =
          request[0].equals("GET") ? "{\"version\":\"one\",\"path\":\"" + request[1] + "\"}" : body;
      return answer(echo, closes) && !closes;
    }

    private String readBody(Map<String, String> headers) throws IOException {
      if (!headers.containsKey("transfer-encoding")) {
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new String(in.readNBytes(length), ISO_8859_1);
      }
      StringBuilder body = new StringBuilder();
      for (int size = chunk(); size > 0; size = chunk()) {
        body.append(new String(in.readNBytes(size), ISO_8859_1));
        readLine(in);
      }
      readLine(in);
      return body.toString();
    }

    private int chunk() throws IOException {
      return Integer.parseInt(readLine(in), 16);
    }

    /** Whether the connection can go on. */
    private boolean answer(String body, boolean closes) throws IOException, InterruptedException {
      byte[] good = bytes("200 OK", body, closes);
      switch (next()) {
        case SILENCE -> {}
        case CUT -> {
          return false;
        }
        case TRUNCATE -> {
          out.write(good, 0, good.length - 3);
          return false;
        }
        case TWICE -> {
          out.write(good);
          out.write(good);
        }
        case WRONG_NUMBER -> out.write(bytes("200 OK", body.replaceAll("-\\d+\\.", "-0."), closes));
        case ERROR -> out.write(bytes("500 Broken", "sorry", closes));
        case NONE, STALL, MOVE -> out.write(good);
      }
      return true;
    }

    /** Half of the bodies are chunked. */
    private byte[] bytes(String status, String body, boolean closes) {
      String close = closes ? "Connection: close\r\n" : "";
      String framed =
          body.length() % 2 == 0
              ? "Content-Length: " + body.length() + "\r\n\r\n" + body
              : "Transfer-Encoding: chunked\r\n\r\n"
                  + Integer.toHexString(body.length())
                  + "\r\n"
                  + body
                  + "\r\n0\r\n\r\n";
      return ("HTTP/1.1 " + status + "\r\n" + close + framed).getBytes(ISO_8859_1);
    }

    private void serveWebSocket(String key) throws IOException, InterruptedException {
      out.write(
          ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  + "Sec-WebSocket-Accept: "
                  + accept(key)
                  + "\r\n\r\n")
              .getBytes(ISO_8859_1));
      boolean more = true;
      while (more) {
        more = echoMessage();
      }
    }

    private boolean echoMessage() throws IOException, InterruptedException {
      int opcode = in.readUnsignedByte() & 0x0f;
      byte[] payload = unmask(in.readUnsignedByte() & 0x7f);
      if (opcode == 8) {
        return false;
      }
      byte[] good = frame(1, payload);
      switch (next()) {
        case SILENCE -> {}
        case CUT -> {
          return false;
        }
        case TRUNCATE -> {
          out.write(good, 0, good.length - 3);
          return false;
        }
        case TWICE -> {
          out.write(good);
          out.write(good);
        }
        case WRONG_NUMBER -> out.write(frame(1, "websocket-0.".getBytes(ISO_8859_1)));
        case ERROR -> out.write(frame(8, new byte[] {0x03, (byte) 0xf3}));
        case MOVE -> {
          out.write(frame(8, new byte[] {0x03, (byte) 0xf4}));
          return false;
        }
        case NONE, STALL -> out.write(good);
      }
      return true;
    }

    private byte[] unmask(int length) throws IOException {
      byte[] mask = in.readNBytes(4);
      byte[] payload = in.readNBytes(length);
      for (int i = 0; i < payload.length; i++) {
        payload[i] ^= mask[i % 4];
      }
      return payload;
    }

    private byte[] frame(int opcode, byte[] payload) {
      byte[] frame = new byte[payload.length + 2];
      frame[0] = (byte) (0x80 | opcode);
      frame[1] = (byte) payload.length;
      System.arraycopy(payload, 0, frame, 2, payload.length);
      return frame;
    }
  }

  private static String accept(String key) {
    try {
      String salted = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
      byte[] digest = MessageDigest.getInstance("SHA-1").digest(salted.getBytes(ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the client is gone");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }
}
