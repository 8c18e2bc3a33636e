package dev.bumpless.ledger;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Queue;

/** A client's TCP connection. After {@link #close} or an end its listener hears nothing more. */
final class Wire implements Loop.Ready {
  /** What the connection does. Called on the loop's thread. */
  interface Listener {
    /** The whole of {@code bytes} must be taken. */
    void received(ByteBuffer bytes);

    /** The other side has closed in order. The connection is gone. */
    void ended();

    /** The connection is gone. */
    void broken(Reason reason, String detail);
  }

  private final Loop loop;
  private final Listener listener;
  private final SocketChannel channel;
  private final SelectionKey key;
  private final Queue<ByteBuffer> output = new ArrayDeque<>();
  private boolean endAfterOutput;
  private boolean closed;

  private Wire(Loop loop, SocketChannel channel, Listener listener) throws IOException {
    this.loop = loop;
    this.listener = listener;
    this.channel = channel;
    this.key = channel.register(loop.selector(), SelectionKey.OP_CONNECT, this);
  }

  /**
   * Begins to connect; bytes may be sent at once and wait for the connection.
   *
   * @throws IOException when it failed on the spot, as it may on loopback
   */
  static Wire open(Loop loop, SocketAddress address, Listener listener) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      boolean connected = channel.connect(address);
      Wire wire = new Wire(loop, channel, listener);
      if (connected) {
        wire.key.interestOps(SelectionKey.OP_READ);
      }
      return wire;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  void send(byte[] bytes) {
    if (closed) {
      return;
    }
    output.add(ByteBuffer.wrap(bytes));
    if (channel.isConnected()) {
      attempt(this::flush);
    }
  }

  /** Closes this side's half once everything is sent. */
  void end() {
    endAfterOutput = true;
    if (!closed && channel.isConnected()) {
      attempt(this::flush);
    }
  }

  boolean isClosed() {
    return closed;
  }

  void close() {
    closed = true;
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing more can be done for a socket that does not close.
    }
  }

  @Override
  public void ready(SelectionKey ready) {
    if (!closed) {
      attempt(
          () -> {
            if (ready.isConnectable()) {
              channel.finishConnect();
              flush();
            } else if (ready.isWritable()) {
              flush();
            }
            if (!closed && ready.isReadable()) {
              read();
            }
          });
    }
  }

  private void read() throws IOException {
    ByteBuffer input = loop.input().clear();
    int count = channel.read(input);
    if (count < 0) {
      close();
      listener.ended();
    } else if (count > 0) {
      listener.received(input.flip());
    }
  }

  private void flush() throws IOException {
    while (!output.isEmpty()) {
      channel.write(output.element());
      if (output.element().hasRemaining()) {
        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        return;
      }
      output.remove();
    }
    key.interestOps(SelectionKey.OP_READ);
    if (endAfterOutput) {
      endAfterOutput = false;
      channel.shutdownOutput();
    }
  }

  private interface Attempt {
    void run() throws IOException;
  }

  private void attempt(Attempt step) {
    try {
      step.run();
    } catch (IOException | CancelledKeyException e) {
      if (!closed) {
        close();
        listener.broken(reasonOf(e), String.valueOf(e.getMessage()));
      }
    }
  }

  static Reason reasonOf(Exception e) {
    return e instanceof ConnectException ? Reason.REFUSED : Reason.RESET;
  }
}
