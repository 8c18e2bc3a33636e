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
import java.util.Set;
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
  private final ModbusLimits usual;
  private ModbusLimits limits;
  private final Units units;
  private final Front relay;
  private final WriteWatch watch;

  private final Underway underway;
  private final Upstreams upstreams;
  private ByteBuf input = Unpooled.EMPTY_BUFFER;
  private boolean reading;
  private boolean taking;
  private boolean foreign;
  private boolean inputEnded;
  private boolean closing;
  private volatile @Nullable Connection opaque;

  /**
   * @param usual where the route has none of its own
   * @param relay for what turns out to be no Modbus
   * @param watch told of what the master writes
   */
  ModbusConnection(
      SocketChannel channel,
      Endpoint route,
      Gate gate,
      Loops loops,
      ModbusLimits usual,
      Units units,
      Front relay,
      WriteWatch watch) {
    this.channel = channel;
    this.route = route;
    this.gate = gate;
    this.usual = usual;
    this.limits = usual.of(gate.protocol(route));
    this.units = units;
    this.relay = relay;
    this.underway = new Underway(channel.eventLoop(), this::flush);
    this.upstreams = new Upstreams(this, channel.eventLoop(), loops);
    this.watch = watch;
  }

  void start() {
    channel.pipeline().addLast(this);
    channel.closeFuture().addListener(done -> closed());
  }

  private void closed() {
    closing = true;
    release();
    underway.abandon();
    upstreams.closeAll();
  }

  // For the transactions.

  Endpoint route() {
    return route;
  }

  Gate gate() {
    return gate;
  }

  WriteWatch watch() {
    return watch;
  }

  ModbusLimits limits() {
    return limits;
  }

  /** The route's may have changed since. */
  void renewLimits() {
    limits = usual.of(gate.protocol(route));
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

  Underway underway() {
    return underway;
  }

  Upstreams upstreams() {
    return upstreams;
  }

  EventLoop eventLoop() {
    return channel.eventLoop();
  }

  ByteBuf allocate() {
    return channel.alloc().buffer(Mbap.LONGEST);
  }

  /** Something was written to an instance. */
  void sent() {
    if (!reading && !taking) {
      upstreams.flush();
    }
  }

  /**
   * @param answer the master's, which is passed on
   */
  void ended(Transaction transaction, ByteBuf answer) {
    underway.remove(transaction);
    channel.write(answer, channel.voidPromise());
    take();
  }

  void flush() {
    channel.flush();
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
    return underway.count() < limits.pipelined() && channel.isWritable();
  }

  private void begin(Transaction transaction) {
    underway.add(transaction);
    transaction.start();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    reading = false;
    upstreams.flush();
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
    underway.stop();
    watch.opaque(route);
    channel.pipeline().remove(this);
    opaque = relay.open(channel, route, gate);
    ByteBuf rest = input;
    input = Unpooled.EMPTY_BUFFER;
    channel.pipeline().fireChannelRead(rest);
    channel.pipeline().fireChannelReadComplete();
    if (inputEnded) {
      channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
    upstreams.close();
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
    underway.cut(backends);
    upstreams.close(backends);
    flush();
  }

  /** Read without the loop: may be a moment old. */
  @Override
  public String describe() {
    Connection relayed = opaque;
    Backend at = upstreams.latest();
    return relayed != null
        ? relayed.describe()
        : "client=%s route=%s protocol=modbus instance=%s underway=%d"
            .formatted(
                Sockets.text(channel.remoteAddress()),
                route,
                at == null ? "none" : at.instance(),
                underway.count());
  }
}
