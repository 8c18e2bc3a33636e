package dev.bumpless.router.net;

import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** How sockets are written for people and headers. */
public final class Sockets {
  /** Of {@code struct tcp_info}: {@code TCP_ESTABLISHED} in Linux' tcp_states.h. */
  private static final int TCP_ESTABLISHED = 1;

  private Sockets() {}

  /** {@code 192.0.2.7:40122}, {@code [2001:db8::7]:40122}, or {@code gone}. */
  public static String text(@Nullable SocketAddress address) {
    if (!(address instanceof InetSocketAddress socket) || socket.getAddress() == null) {
      return "gone";
    }
    String host = host(socket);
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + socket.getPort();
  }

  /**
   * Whether the kernel has seen no end of the connection from the other side, even one that no loop
   * has been told of yet. Asked before a request that must not be sent twice goes out on a
   * connection that was idle; false where the platform cannot say.
   */
  public static boolean isEstablished(SocketChannel channel) {
    return channel instanceof EpollSocketChannel epoll
        && epoll.isActive()
        && epoll.tcpInfo().state() == TCP_ESTABLISHED;
  }

  /** Starts or stops to read. One whose input has ended is left alone: Netty would close it. */
  public static void setReading(SocketChannel channel, boolean reading) {
    if (channel.config().isAutoRead() != reading && !channel.isInputShutdown()) {
      channel.config().setAutoRead(reading);
    }
  }

  /** The bare IP address. */
  public static String host(InetSocketAddress socket) {
    return socket.getAddress() == null ? "unknown" : socket.getAddress().getHostAddress();
  }
}
