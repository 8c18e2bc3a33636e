package dev.bumpless.agent.docker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * The streams of one command in a container, on a connection of its own that the engine gives away
 * ("hijacked": Docker Engine API, operation ExecStart): one way its standard input, the other way
 * its output in frames.
 *
 * <p>Written on a socket because docker-java's transport never closes its half of such a
 * connection, so that a command which reads to the end of its input waits for ever.
 *
 * <h2>Concurrency</h2>
 *
 * One thread starts and reads, one feeds, any may abandon and close; closing ends both.
 */
final class AttachedExec implements AutoCloseable {
  private static final int BUFFER_BYTES = 32 * 1024;
  private static final int MOST_HEAD_BYTES = 16 * 1024;
  private static final int FRAME_HEAD_BYTES = 8;
  private static final int STDERR = 2;
  private static final String BODY = "{\"Detach\":false,\"Tty\":false}";

  private final UnixDomainSocketAddress engine;
  private final SocketChannel channel;
  private boolean asked;
  private boolean abandoned;

  /** Whether the command's output comes from its standard output or its standard error. */
  interface Output {
    void standard(byte[] bytes, int count) throws IOException;

    void error(byte[] bytes, int count);
  }

  private AttachedExec(UnixDomainSocketAddress engine, SocketChannel channel) {
    this.engine = engine;
    this.channel = channel;
  }

  /** Does not connect yet. */
  static AttachedExec open(URI engine) throws IOException {
    return new AttachedExec(
        UnixDomainSocketAddress.of(engine.getPath()),
        SocketChannel.open(StandardProtocolFamily.UNIX));
  }

  /**
   * Starts the command.
   *
   * @throws RefusedException where the engine does not
   */
  void start(String exec) throws IOException {
    channel.connect(engine);
    ask();
    String request =
        String.join(
            "\r\n",
            "POST /exec/" + exec + "/start HTTP/1.1",
            "Host: docker",
            "User-Agent: bumpless",
            "Content-Type: application/json",
            "Connection: Upgrade",
            "Upgrade: tcp",
            "Content-Length: " + BODY.length(),
            "",
            BODY);
    write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
    String head = head();
    if (!head.startsWith("HTTP/1.1 101 ") && !head.startsWith("HTTP/1.1 200 ")) {
      throw new RefusedException(head + rest());
    }
  }

  private synchronized void ask() throws IOException {
    if (abandoned) {
      throw new IOException("given up before it was started");
    }
    asked = true;
  }

  /**
   * From now on it is not started any more.
   *
   * @return whether it had not been before, either; otherwise it runs, or will in a moment
   */
  synchronized boolean abandon() {
    abandoned = true;
    return !asked;
  }

  /** Reads what the command writes, until it has closed both of its outputs. */
  void read(Output output) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(FRAME_HEAD_BYTES);
    ByteBuffer payload = ByteBuffer.allocate(BUFFER_BYTES);
    while (fill(frame)) {
      boolean error = frame.get(0) == STDERR;
      for (long left = Integer.toUnsignedLong(frame.getInt(4)); left > 0; ) {
        payload.clear().limit((int) Math.min(left, BUFFER_BYTES));
        int count = channel.read(payload);
        if (count < 0) {
          throw new EOFException("the engine broke off in what the command writes");
        }
        left -= count;
        if (error) {
          output.error(payload.array(), count);
        } else {
          output.standard(payload.array(), count);
        }
      }
    }
  }

  /**
   * Passes the input on to its end, and closes it. A command that takes no more is no failure.
   *
   * @throws IOException where reading {@code in} failed; then the command's input is still open
   */
  void feed(InputStream in) throws IOException {
    byte[] bytes = new byte[BUFFER_BYTES];
    for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
      if (!passOn(ByteBuffer.wrap(bytes, 0, count))) {
        return;
      }
    }
    try {
      channel.shutdownOutput();
    } catch (IOException e) {
      // it has ended before its input did
    }
  }

  private boolean passOn(ByteBuffer bytes) {
    try {
      write(bytes);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** False at the end of the stream. */
  private boolean fill(ByteBuffer bytes) throws IOException {
    bytes.clear();
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        if (bytes.position() == 0) {
          return false;
        }
        throw new EOFException("the engine broke off in what the command writes");
      }
    }
    return true;
  }

  /** Byte by byte, as what follows is the command's. */
  private String head() throws IOException {
    StringBuilder head = new StringBuilder();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (head.indexOf("\r\n\r\n") < 0) {
      if (head.length() > MOST_HEAD_BYTES || !fill(one)) {
        throw new EOFException("the engine gave no answer to read");
      }
      head.append((char) one.get(0));
    }
    return head.toString();
  }

  private String rest() throws IOException {
    ByteBuffer rest = ByteBuffer.allocate(MOST_HEAD_BYTES);
    channel.shutdownOutput();
    while (rest.hasRemaining() && channel.read(rest) >= 0) {
      // until all is there
    }
    return new String(rest.array(), 0, rest.position(), StandardCharsets.UTF_8);
  }

  /** The engine answered, and it was a refusal. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedException(String answer) {
      super(answer);
    }
  }
}
