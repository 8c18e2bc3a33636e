package dev.bumpless.agent.health;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** One connection, one question, one verdict. Used by the meter's thread alone. */
final class Ask {
  private final Listener listener;
  private final Question question;
  private final long bornNanos;
  private final ByteBuffer request;
  private final byte[] start;
  private int startBytes;
  private @Nullable SocketChannel channel;
  private long openNanos;
  private boolean judged;
  private boolean over;

  Ask(Listener listener, long nowNanos) {
    this.listener = listener;
    this.bornNanos = nowNanos;
    this.question = listener.question();
    this.request = question.request();
    this.start = new byte[question.verdictBytes()];
  }

  boolean isFor(Listener other) {
    return listener == other;
  }

  boolean isOver() {
    return over;
  }

  void connect(Selector selector) {
    try {
      SocketChannel opened = SocketChannel.open();
      channel = opened;
      opened.configureBlocking(false);
      SelectionKey key = opened.register(selector, SelectionKey.OP_CONNECT, this);
      if (opened.connect(listener.target())) {
        connected(opened, key);
      }
    } catch (IOException e) {
      fail();
    }
  }

  void advance(SelectionKey key, ByteBuffer buffer) {
    SocketChannel open = channel;
    if (open == null) {
      return;
    }
    try {
      if (key.isConnectable() && open.finishConnect()) {
        connected(open, key);
      } else if (key.isWritable()) {
        write(open, key);
      } else if (key.isReadable()) {
        read(open, buffer);
      }
    } catch (IOException e) {
      fail();
    }
  }

  /** Called every 20 ms: what time alone decides. */
  void look(long nowNanos) {
    if (!question.isAnswered() && !judged && openNanos != 0) {
      if (nowNanos - openNanos >= OpenLoop.PAUSE.toNanos()) {
        judge(true);
        close();
      }
    } else if (nowNanos - bornNanos >= OpenLoop.LIMIT.toNanos()) {
      fail();
    }
  }

  void close() {
    over = true;
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        judged = true;
      }
    }
  }

  private void connected(SocketChannel open, SelectionKey key) throws IOException {
    openNanos = System.nanoTime();
    write(open, key);
  }

  private void write(SocketChannel open, SelectionKey key) throws IOException {
    open.write(request);
    key.interestOps(request.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
  }

  private void read(SocketChannel open, ByteBuffer buffer) throws IOException {
    buffer.clear();
    int count = open.read(buffer);
    if (count < 0) {
      fail();
      return;
    }
    buffer.flip();
    while (startBytes < start.length && buffer.hasRemaining()) {
      start[startBytes++] = buffer.get();
    }
    if (question.isAnswered() && !judged && startBytes == start.length) {
      judge(question.isGood(start));
      if (!question.isEndedByServer()) {
        close();
      }
    }
  }

  /** What comes after the verdict changes nothing. */
  private void fail() {
    judge(false);
    close();
  }

  private void judge(boolean good) {
    if (judged) {
      return;
    }
    judged = true;
    if (good) {
      listener.answered(System.nanoTime());
    } else {
      listener.failed();
    }
  }
}
