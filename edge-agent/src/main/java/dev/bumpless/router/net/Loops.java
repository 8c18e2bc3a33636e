package dev.bumpless.router.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The threads that carry all bytes, on Linux' epoll where its native part loads and on NIO
 * elsewhere. A client's connection and those it causes live on one loop, so that passing a buffer
 * on never changes threads.
 */
public final class Loops implements AutoCloseable {
  /** Waiting bytes at which a side that is faster than its peer is no longer read, in bytes. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 << 10, 64 << 10);

  /**
   * How long one connection attempt to an instance may take, in milliseconds. They are on this
   * device's own bridge, where the kernel answers in well under one; only the address of a
   * container that is gone is silent. An app whose queue of new connections is full is dialled
   * again ({@link Patience}).
   */
  private static final int CONNECT_MILLIS = 250;

  /** After so many idle seconds the kernel asks whether a silent peer still exists. */
  private static final int KEEPALIVE_SECONDS = 60;

  /** In bytes; the length field of UDP has 16 bits. */
  private static final int LARGEST_DATAGRAM = 65_535;

  private final boolean epoll = Epoll.isAvailable();
  private final EventLoopGroup group;
  private final ByteBufAllocator allocator;

  public Loops(int threads) {
    group =
        new MultiThreadIoEventLoopGroup(
            threads,
            new DefaultThreadFactory("loop"),
            epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    // Chunks of 512 KiB instead of 4 MiB: a gateway's router carries little and counts its memory.
    allocator = new PooledByteBufAllocator(true, 0, threads, 8192, 6, 64, 32, true);
  }

  public EventLoopGroup group() {
    return group;
  }

  public String transport() {
    return epoll ? "epoll" : "nio";
  }

  /** For a listener, which accepts only once it is set to read. */
  ServerBootstrap server() {
    Class<? extends ServerChannel> type =
        epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    ServerBootstrap server =
        new ServerBootstrap()
            .group(group)
            .channel(type)
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, 1024)
            .childOption(ChannelOption.ALLOCATOR, allocator)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK);
    return epoll ? server.childOption(EpollChannelOption.TCP_KEEPIDLE, KEEPALIVE_SECONDS) : server;
  }

  /** For a connection to an instance, on the loop of the client that it is for. */
  public Bootstrap client(EventLoop loop) {
    Class<? extends SocketChannel> type = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    return new Bootstrap()
        .group(loop)
        .channel(type)
        .option(ChannelOption.ALLOCATOR, allocator)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK);
  }

  /** For datagrams, of clients or of an instance; reads only once it is set to. */
  public Bootstrap packets(EventLoop loop) {
    Class<? extends DatagramChannel> type =
        epoll ? EpollDatagramChannel.class : NioDatagramChannel.class;
    return new Bootstrap()
        .group(loop)
        .channel(type)
        .option(ChannelOption.AUTO_READ, false)
        .option(ChannelOption.ALLOCATOR, allocator)
        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(LARGEST_DATAGRAM))
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK);
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
  }
}
