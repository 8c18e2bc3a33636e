package dev.bumpless.router.modbus;

import dev.bumpless.router.net.Sockets;
import dev.bumpless.router.table.Backend;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A master's connection to one instance. Its transaction ids are its own: each is used once, until
 * they have gone round, and then not while it is under way or an answer to it may still come. So
 * what an instance says late, twice or unasked is nobody's answer, whatever ids the master uses.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells of failures by closing the channel.
final class Upstream extends ChannelInboundHandlerAdapter {
  /** Requests given up, after which the instance is dialled anew and owes nothing any more. */
  private static final int MOST_GIVEN_UP = 256;

  private static final int IDS = 1 << 16;

  private final ModbusConnection master;
  private final Backend backend;
  private final Deque<Transaction> waiting = new ArrayDeque<>(2);
  private final Map<Integer, Transaction> underway = new LinkedHashMap<>();
  private final Set<Integer> givenUp = new HashSet<>();
  private @Nullable SocketChannel channel;
  private ByteBuf input = Unpooled.EMPTY_BUFFER;
  private int lastId;
  private boolean used;
  private boolean retired;
  private boolean ended;
  private long movedNanos = System.nanoTime();

  Upstream(ModbusConnection master, Backend backend) {
    this.master = master;
    this.backend = backend;
  }

  /** Half of the time for an answer may go into it, so that the other half is left for another. */
  void dial(Bootstrap bootstrap, SocketAddress address) {
    bootstrap
        .option(
            ChannelOption.CONNECT_TIMEOUT_MILLIS,
            (int) Math.max(1, master.limits().answerTime().toMillis() / 2))
        .option(ChannelOption.ALLOW_HALF_CLOSURE, false)
        // A write that fails shall not close before an answer that came early has been read.
        .option(ChannelOption.AUTO_CLOSE, false)
        .handler(this)
        .connect(address)
        .addListener((ChannelFuture dialled) -> dialled(dialled));
  }

  private void dialled(ChannelFuture dialled) {
    if (ended) {
      dialled.channel().close();
    } else if (dialled.isSuccess()) {
      channel = (SocketChannel) dialled.channel();
      while (!waiting.isEmpty()) {
        write(waiting.remove());
      }
      flush();
    } else {
      backend.unreachable();
      end();
      List<Transaction> disappointed = new ArrayList<>(waiting);
      waiting.clear();
      disappointed.forEach(Transaction::notDialled);
    }
  }

  Backend backend() {
    return backend;
  }

  boolean isDialling() {
    return channel == null;
  }

  /**
   * Whether the transaction may go here. One that must not be sent twice goes on an idle connection
   * only if the kernel has seen no end of it.
   */
  boolean takes(Transaction transaction) {
    SocketChannel open = channel;
    return givenUp.size() < MOST_GIVEN_UP
        && (open == null
            || transaction.isRead()
            || !underway.isEmpty()
            || Sockets.isEstablished(open));
  }

  void send(Transaction transaction) {
    if (channel == null) {
      waiting.add(transaction);
    } else {
      write(transaction);
      master.sent();
    }
  }

  private void write(Transaction transaction) {
    SocketChannel open = channel;
    if (open != null) {
      movedNanos = System.nanoTime();
      int id = freshId();
      underway.put(id, transaction);
      open.write(transaction.sentAs(id, movedNanos), open.voidPromise());
    }
  }

  private int freshId() {
    do {
      lastId = (lastId + 1) % IDS;
    } while (underway.containsKey(lastId) || givenUp.contains(lastId));
    return lastId;
  }

  void flush() {
    SocketChannel open = channel;
    if (open != null) {
      open.flush();
    }
  }

  /** Its answer, should one come, is nobody's. */
  void forget(Transaction transaction) {
    if (!waiting.remove(transaction)) {
      for (Map.Entry<Integer, Transaction> each : underway.entrySet()) {
        if (each.getValue() == transaction) {
          givenUp.add(each.getKey());
          underway.remove(each.getKey());
          break;
        }
      }
    }
    closeIfDone();
  }

  /** Takes no more; closes when the last answer is in. */
  void retire() {
    retired = true;
    closeIfDone();
  }

  private void closeIfDone() {
    if (retired && underway.isEmpty() && waiting.isEmpty()) {
      close();
    }
  }

  boolean isSpareSince(long nanos) {
    return underway.isEmpty() && waiting.isEmpty() && movedNanos - nanos <= 0;
  }

  /** What is still under way is told of nothing. */
  void close() {
    underway.clear();
    waiting.clear();
    end();
    SocketChannel open = channel;
    if (open != null) {
      open.close();
    }
  }

  private void end() {
    if (!ended) {
      ended = true;
      master.upstreams().ended(this);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    input =
        ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), input, (ByteBuf) message);
    movedNanos = System.nanoTime();
    int length = Mbap.frame(input);
    for (; length > 0 && !ended; length = Mbap.frame(input)) {
      Transaction transaction = underway.remove(Mbap.id(input));
      if (transaction == null) {
        givenUp.remove(Mbap.id(input));
        input.skipBytes(length);
      } else {
        used = true;
        transaction.answered(input.readBytes(length), movedNanos);
      }
    }
    if (length == Mbap.NOT_MODBUS) {
      // Nothing that follows can be told apart: as bad as an end.
      used = false;
      input.skipBytes(input.readableBytes());
      context.close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (!input.isReadable()) {
      release();
    }
    master.flush();
    closeIfDone();
  }

  private void release() {
    input.release();
    input = Unpooled.EMPTY_BUFFER;
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    release();
    end();
    List<Transaction> lost = new ArrayList<>(underway.values());
    underway.clear();
    lost.forEach(transaction -> transaction.lost(used));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // A write that fails says nothing of the answers: the read side tells how it ends.
    if (!(cause instanceof IOException)) {
      context.close();
    }
  }
}
