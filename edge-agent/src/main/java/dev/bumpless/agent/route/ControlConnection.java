package dev.bumpless.agent.route;

import dev.bumpless.agent.swap.RouteException;
import dev.bumpless.agent.swap.RouteException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One connection to the router: a line out, an answer in. One thread at a time. After a failure it
 * is of no more use: an answer that comes late must not be taken for the next one's.
 */
final class ControlConnection implements AutoCloseable {
  private static final int MOST_ANSWER_BYTES = 16 << 20;

  private final Path socket;
  private final SocketChannel channel;
  private final Selector selector;
  private final ByteBuffer input = ByteBuffer.allocate(8 << 10).flip();
  private long deadlineNanos;

  private ControlConnection(Path socket, SocketChannel channel, Selector selector) {
    this.socket = socket;
    this.channel = channel;
    this.selector = selector;
  }

  static ControlConnection open(Path socket) throws RouteException {
    try {
      SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
      try {
        channel.configureBlocking(false);
        Selector selector = Selector.open();
        channel.register(selector, SelectionKey.OP_READ);
        return new ControlConnection(socket, channel, selector);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new RouteException(
          Kind.UNREACHABLE, "the router does not answer at " + socket + ": " + e.getMessage(), e);
    }
  }

  /** Asks for an answer of one line, which it returns without its {@code ok}. */
  Answer ask(String line, Duration timeout) throws RouteException {
    try {
      send(line, timeout);
      return Answer.of(line, readLine());
    } catch (IOException e) {
      throw unreachable(line, e);
    }
  }

  /** Asks for an answer of several lines, the first of which is {@code ok …}. */
  List<Answer> askAll(String line, Duration timeout) throws RouteException {
    try {
      send(line, timeout);
      List<Answer> answers = new ArrayList<>();
      answers.add(Answer.of(line, readLine()));
      for (String next = readLine(); !next.isEmpty(); next = readLine()) {
        answers.add(Answer.line(next));
      }
      return answers;
    } catch (IOException e) {
      throw unreachable(line, e);
    }
  }

  private RouteException unreachable(String line, IOException e) {
    close();
    String command = line.length() <= 80 ? line : line.substring(0, 80) + "…";
    return new RouteException(
        Kind.UNREACHABLE,
        "the router at " + socket + " did not answer '" + command + "': " + e.getMessage(),
        e);
  }

  private void send(String line, Duration timeout) throws IOException {
    deadlineNanos = System.nanoTime() + timeout.toNanos();
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(line + "\n");
    while (bytes.hasRemaining()) {
      if (channel.write(bytes) == 0) {
        await(SelectionKey.OP_WRITE);
      }
    }
  }

  private String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    while (true) {
      while (input.hasRemaining()) {
        byte next = input.get();
        if (next == '\n') {
          return line.toString(StandardCharsets.UTF_8);
        }
        line.write(next);
      }
      if (line.size() > MOST_ANSWER_BYTES) {
        throw new IOException("its answer is longer than " + MOST_ANSWER_BYTES + " bytes");
      }
      fill();
    }
  }

  private void fill() throws IOException {
    input.clear();
    int read = channel.read(input);
    if (read == 0) {
      await(SelectionKey.OP_READ);
    } else if (read < 0) {
      throw new EOFException("it closed the connection");
    }
    input.flip();
  }

  private void await(int operation) throws IOException {
    SelectionKey key = channel.keyFor(selector);
    key.interestOps(operation);
    long left = (deadlineNanos - System.nanoTime()) / 1_000_000;
    if (left <= 0 || selector.select(left) == 0) {
      throw new IOException(
          Thread.currentThread().isInterrupted() ? "interrupted" : "not within its time");
    }
    selector.selectedKeys().clear();
  }

  @Override
  public void close() {
    try (selector;
        channel) {
      input.clear().flip();
    } catch (IOException e) {
      System.getLogger(ControlConnection.class.getName())
          .log(System.Logger.Level.DEBUG, "Closing a connection to the router", e);
    }
  }
}
