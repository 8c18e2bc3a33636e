package dev.bumpless.router.modbus;

import dev.bumpless.router.net.Connection;
import dev.bumpless.router.net.Front;
import dev.bumpless.router.net.Loops;
import dev.bumpless.router.net.Sockets;
import dev.bumpless.router.table.Backend;
import dev.bumpless.router.table.Endpoint;
import dev.bumpless.router.table.Gate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A master's connection: open for months, over every swap. Cuts what comes into frames and has each
 * carried by a {@link Transaction}; nothing more is read while as many are under way as may be, or
 * while the master does not take its answers. Belongs to its loop; only {@link #cut} and {@link
 * #describe} are called by others.
 *
 * <p>What is no Modbus is not cut: once what came before it is answered, the connection is handed
 * over to an opaque relay, which stays at its instance until its end or the deadline of a drain.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells of failures by closing the channel.
final class ModbusConnection extends ChannelInboundHandlerAdapter implements Connection {
  private final SocketChannel channel;
  private final Endpoint route;
  private final Gate gate;
  private final Loops loops;
  private final ModbusLimits usual;
  private ModbusLimits limits;
  private final Units units;
  private final Front relay;

  private final Set<Transaction> underway = new LinkedHashSet<>();
  private final Map<Backend, Upstream> upstreams = new LinkedHashMap<>(2);
  private final Set<Upstream> retiring = new LinkedHashSet<>(2);
  private ByteBuf input = Unpooled.EMPTY_BUFFER;
  private @Nullable Future<?> timer;
  private long timerNanos;
  private boolean spareCheck;
  private boolean reading;
  private boolean taking;
  private boolean foreign;
  private boolean inputEnded;
  private boolean closing;
  private volatile int underwayCount;
  private volatile @Nullable Backend latest;
  private volatile @Nullable Connection opaque;

  /**
   * @param usual where the route has none of its own
   * @param relay for what turns out to be no Modbus
   */
  ModbusConnection(
      SocketChannel channel,
      Endpoint route,
      Gate gate,
      Loops loops,
      ModbusLimits usual,
      Units units,
      Front relay) {
    this.channel = channel;
    this.route = route;
    this.gate = gate;
    this.loops = loops;
    this.usual = usual;
    this.limits = usual.of(gate.protocol(route));
    this.units = units;
    this.relay = relay;
  }

  void start() {
    channel.pipeline().addLast(this);
    channel.closeFuture().addListener(done -> closed());
  }

  private void closed() {
    closing = true;
    stopTimer();
    release();
    List.copyOf(underway).forEach(Transaction::abandon);
    underway.clear();
    List.copyOf(upstreams.values()).forEach(Upstream::close);
    List.copyOf(retiring).forEach(Upstream::close);
  }

  // For the transactions.

  Endpoint route() {
    return route;
  }

  Gate gate() {
    return gate;
  }

  ModbusLimits limits() {
    return limits;
  }

  Units units() {
    return units;
  }

  void onLoop(Runnable work) {
    if (channel.eventLoop().inEventLoop()) {
      work.run();
    } else {
      channel.eventLoop().execute(work);
    }
  }

  EventLoop eventLoop() {
    return channel.eventLoop();
  }

  ByteBuf allocate() {
    return channel.alloc().buffer(Mbap.LONGEST);
  }

  /** The connection to the backend that this transaction may take; dialled where there is none. */
  Upstream upstream(Backend backend, SocketAddress address, Transaction transaction) {
    latest = backend;
    Upstream kept = upstreams.get(backend);
    if (kept != null && kept.takes(transaction)) {
      return kept;
    }
    if (kept != null) {
      upstreams.remove(backend);
      retiring.add(kept);
      kept.retire();
    }
    // A flip brings a new backend, and may have brought new limits.
    limits = usual.of(gate.protocol(route));
    Upstream fresh = new Upstream(this, backend);
    upstreams.put(backend, fresh);
    fresh.dial(loops.client(channel.eventLoop()), address);
    if (upstreams.size() > 1 && !spareCheck) {
      checkSparesLater();
    }
    return fresh;
  }

  void ended(Upstream upstream) {
    upstreams.remove(upstream.backend(), upstream);
    retiring.remove(upstream);
  }

  private void checkSparesLater() {
    spareCheck = true;
    long spare = limits.spareTime().toNanos();
    channel.eventLoop().schedule(this::closeSpares, spare, TimeUnit.NANOSECONDS);
  }

  private void closeSpares() {
    spareCheck = false;
    long since = System.nanoTime() - limits.spareTime().toNanos();
    for (Upstream each : List.copyOf(upstreams.values())) {
      if (each.backend() != latest && each.isSpareSince(since)) {
        each.close();
      }
    }
    if (upstreams.size() > 1) {
      checkSparesLater();
    }
  }

  /** Something was written to an instance. */
  void sent() {
    if (!reading && !taking) {
      flushUpstreams();
    }
  }

  private void flushUpstreams() {
    upstreams.values().forEach(Upstream::flush);
  }

  /**
   * @param answer the master's, which is passed on
   */
  void ended(Transaction transaction, ByteBuf answer) {
    underway.remove(transaction);
    underwayCount = underway.size();
    channel.write(answer, channel.voidPromise());
    take();
  }

  void flush() {
    channel.flush();
  }

  // Deadlines.

  /** Has what is due by then looked at then. */
  void watch(long deadlineNanos) {
    if (closing || (timer != null && timerNanos - deadlineNanos <= 0)) {
      return;
    }
    stopTimer();
    timerNanos = deadlineNanos;
    long wait = Math.max(0, deadlineNanos - System.nanoTime());
    timer = channel.eventLoop().schedule(this::expire, wait, TimeUnit.NANOSECONDS);
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void expire() {
    timer = null;
    long now = System.nanoTime();
    for (Transaction each : List.copyOf(underway)) {
      if (each.deadlineNanos() - now <= 0) {
        each.expire();
      }
    }
    flush();
    underway.stream().mapToLong(Transaction::deadlineNanos).min().ifPresent(this::watch);
  }

  // What the master sends.

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    reading = true;
    ByteBuf bytes = (ByteBuf) message;
    if (closing) {
      bytes.release();
      return;
    }
    input = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), input, bytes);
    take();
  }

  /** Begins of what has come as much as there is room for. */
  private void take() {
    if (taking || closing || opaque != null) {
      return;
    }
    taking = true;
    while (!foreign && hasRoom()) {
      int length = Mbap.frame(input);
      if (length == Mbap.INCOMPLETE) {
        break;
      }
      foreign = length == Mbap.NOT_MODBUS;
      if (!foreign) {
        begin(new Transaction(this, input.readBytes(length)));
      }
    }
    taking = false;
    sent();
    if (foreign && underway.isEmpty()) {
      relayFromNowOn();
    } else if (inputEnded && underway.isEmpty() && Mbap.frame(input) == Mbap.INCOMPLETE) {
      finish();
    } else {
      Sockets.setReading(channel, hasRoom() && !foreign);
    }
  }

  private boolean hasRoom() {
    return underway.size() < limits.pipelined() && channel.isWritable();
  }

  private void begin(Transaction transaction) {
    underway.add(transaction);
    underwayCount = underway.size();
    watch(transaction.deadlineNanos());
    transaction.start();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    reading = false;
    flushUpstreams();
    flush();
    if (!input.isReadable() && opaque == null) {
      release();
    }
  }

  private void release() {
    input.release();
    input = Unpooled.EMPTY_BUFFER;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    take();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      take();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  // How it ends.

  /** Nothing more comes, and all that came has its answer. */
  private void finish() {
    closing = true;
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /** Hands the channel over, with what was read and not used. */
  private void relayFromNowOn() {
    stopTimer();
    channel.pipeline().remove(this);
    opaque = relay.open(channel, route, gate);
    ByteBuf rest = input;
    input = Unpooled.EMPTY_BUFFER;
    channel.pipeline().fireChannelRead(rest);
    channel.pipeline().fireChannelReadComplete();
    if (inputEnded) {
      channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
    List.copyOf(upstreams.values()).forEach(Upstream::close);
  }

  @Override
  public void cut(Set<Backend> backends) {
    Connection relayed = opaque;
    if (relayed != null) {
      relayed.cut(backends);
    } else {
      onLoop(() -> cutTransactions(backends));
    }
  }

  private void cutTransactions(Set<Backend> backends) {
    for (Transaction each : new ArrayList<>(underway)) {
      if (each.isAt(backends)) {
        each.cut();
      }
    }
    for (Upstream each : List.copyOf(upstreams.values())) {
      if (backends.contains(each.backend())) {
        each.close();
      }
    }
    flush();
  }

  /** Read without the loop: may be a moment old. */
  @Override
  public String describe() {
    Connection relayed = opaque;
    Backend at = latest;
    return relayed != null
        ? relayed.describe()
        : "client=%s route=%s protocol=modbus instance=%s underway=%d"
            .formatted(
                Sockets.text(channel.remoteAddress()),
                route,
                at == null ? "none" : at.instance(),
                underwayCount);
  }
}
