package dev.bumpless.router.net;

import dev.bumpless.router.table.Endpoint;
import dev.bumpless.router.table.Gate;
import dev.bumpless.router.table.Listening;
import dev.bumpless.router.table.Protocol;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The listening sockets, by address. */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells of failures by closing the channel.
public final class Listeners implements Listening {
  private static final System.Logger LOG = System.getLogger(Listeners.class.getName());

  /** Between attempts to get an address that another program has, in seconds. */
  private static final int RETRY_SECONDS = 1;

  private final Loops loops;
  private final Connections connections;
  private final Map<Protocol.Kind, Front> fronts;
  private final PacketFront packets;
  private final Map<Endpoint, Listener> listeners = new ConcurrentHashMap<>();

  /**
   * @param packets for UDP
   */
  public Listeners(
      Loops loops, Connections connections, Map<Protocol.Kind, Front> fronts, PacketFront packets) {
    this.packets = packets;
    this.loops = loops;
    this.connections = connections;
    this.fronts = Map.copyOf(fronts);
  }

  @Override
  public void bind(Endpoint listen, Protocol protocol, Gate gate) throws IOException {
    ChannelFuture bound = start(listen, protocol, gate).awaitUninterruptibly();
    Throwable cause = bound.cause();
    if (cause != null) {
      throw cause instanceof IOException e ? e : new IOException(cause);
    }
    listeners.put(listen, new Listener(bound, "bound"));
  }

  private ChannelFuture start(Endpoint listen, Protocol protocol, Gate gate) {
    if (protocol.kind() == Protocol.Kind.UDP) {
      ChannelHandler flows = packets.open(listen, gate, connections);
      return loops.packets(loops.group().next()).handler(flows).bind(listen.address());
    }
    Front front = fronts.get(protocol.kind());
    if (front == null) {
      throw new IllegalStateException("no front for " + protocol);
    }
    return loops.server().childHandler(new Accept(front, listen, gate)).bind(listen.address());
  }

  @Override
  public void accept(Endpoint listen) {
    Listener listener = listeners.get(listen);
    if (listener != null) {
      listener.bound().channel().config().setAutoRead(true);
      listeners.put(listen, new Listener(listener.bound(), "listening"));
    }
  }

  /** Returns after the first attempt; the next ones are made by a loop. */
  @Override
  public void keepTrying(Endpoint listen, Protocol protocol, Gate gate) {
    ChannelFuture bind = start(listen, protocol, gate).awaitUninterruptibly();
    Listener first = new Listener(bind, "trying");
    listeners.put(listen, first);
    Throwable cause = bind.cause();
    if (cause != null) {
      LOG.log(
          Level.WARNING,
          "event=listener-waiting listen={0} reason=\"{1}\"",
          listen,
          cause.getMessage());
    }
    settle(listen, protocol, gate, first);
  }

  private synchronized void again(Endpoint listen, Protocol protocol, Gate gate, Listener waiting) {
    if (waiting.equals(listeners.get(listen))) {
      Listener trying = new Listener(start(listen, protocol, gate), waiting.state());
      listeners.put(listen, trying);
      trying.bound().addListener(done -> settle(listen, protocol, gate, trying));
    }
  }

  private synchronized void settle(Endpoint listen, Protocol protocol, Gate gate, Listener trying) {
    Throwable cause = trying.bound().cause();
    if (!trying.equals(listeners.get(listen))) {
      trying.bound().channel().close();
    } else if (cause == null) {
      accept(listen);
    } else {
      Listener waiting = new Listener(trying.bound(), "waiting (" + cause.getMessage() + ")");
      listeners.put(listen, waiting);
      loops
          .group()
          .schedule(() -> again(listen, protocol, gate, waiting), RETRY_SECONDS, TimeUnit.SECONDS);
    }
  }

  @Override
  public void close(Endpoint listen) {
    Listener listener;
    synchronized (this) {
      listener = listeners.remove(listen);
    }
    if (listener != null) {
      listener.bound().channel().close().awaitUninterruptibly();
    }
  }

  @Override
  public Map<Endpoint, String> states() {
    Map<Endpoint, String> states = new TreeMap<>();
    listeners.forEach((listen, listener) -> states.put(listen, listener.state()));
    return states;
  }

  private record Listener(ChannelFuture bound, String state) {}

  /** Admits a client, or resets it where there are too many. */
  private final class Accept extends ChannelInitializer<SocketChannel> {
    private final Front front;
    private final Endpoint route;
    private final Gate gate;

    Accept(Front front, Endpoint route, Gate gate) {
      this.front = front;
      this.route = route;
      this.gate = gate;
    }

    @Override
    protected void initChannel(SocketChannel client) {
      if (connections.hasRoom()) {
        Connection connection = front.open(client, route, gate);
        connections.opened(connection);
        client.closeFuture().addListener(done -> connections.closed(connection));
      } else {
        client.config().setSoLinger(0);
        client.close();
      }
    }
  }
}
