package dev.bumpless.router.udp;

import dev.bumpless.router.net.Connection;
import dev.bumpless.router.net.Loops;
import dev.bumpless.router.net.Sockets;
import dev.bumpless.router.table.Backend;
import dev.bumpless.router.table.Endpoint;
import dev.bumpless.router.table.Gate;
import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What one client sends from one port, and what it gets back. Each datagram passes the gate: it
 * waits in a hold, and after a flip it goes to who serves then, while late answers of the one
 * before still come through. A flow that moves only when idle passes the gate once and stays.
 * Belongs to the loop of its listener; {@link #cut} and {@link #describe} are called by others.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What cannot be sent is lost, as datagrams may be.
final class Flow implements Connection {
  /** Datagrams of one flow that may wait in a hold, so that one client does not take all places. */
  private static final int MOST_WAITING = 64;

  private final DatagramChannel listener;
  private final InetSocketAddress client;
  private final Endpoint route;
  private final Gate gate;
  private final Loops loops;
  private final Map<Backend, InstanceSide> sides = new HashMap<>(2);
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile @Nullable Backend current;
  private boolean stays;
  private boolean closed;
  private long movedNanos = System.nanoTime();

  Flow(DatagramChannel listener, InetSocketAddress client, Endpoint route, Gate gate, Loops loops) {
    this.listener = listener;
    this.client = client;
    this.route = route;
    this.gate = gate;
    this.loops = loops;
  }

  InetSocketAddress client() {
    return client;
  }

  Endpoint route() {
    return route;
  }

  Gate gate() {
    return gate;
  }

  boolean isClosed() {
    return closed;
  }

  @Nullable Backend current() {
    return current;
  }

  /**
   * A datagram of the client.
   *
   * @param staysPut whether the flow shall stay with the instance that it has
   */
  void take(ByteBuf datagram, boolean staysPut) {
    movedNanos = System.nanoTime();
    InstanceSide own = sides.get(current);
    if (closed || waiting.get() >= MOST_WAITING) {
      datagram.release();
    } else if (stays && own != null) {
      own.send(datagram);
    } else {
      waiting.incrementAndGet();
      gate.claim(new Passage(this, datagram, staysPut));
    }
  }

  /** From the gate, by any thread. */
  void refused(Passage passage) {
    waiting.decrementAndGet();
    passage.datagram().release();
  }

  /** From the gate, by any thread. */
  void claimed(Backend chosen, Passage passage) {
    if (listener.eventLoop().inEventLoop()) {
      deliver(chosen, passage);
    } else {
      listener.eventLoop().execute(() -> deliver(chosen, passage));
    }
  }

  private void deliver(Backend chosen, Passage passage) {
    waiting.decrementAndGet();
    InetSocketAddress address = chosen.address(route);
    if (closed || address == null) {
      chosen.finished();
      passage.datagram().release();
      return;
    }
    InstanceSide own =
        sides.computeIfAbsent(chosen, backend -> InstanceSide.open(this, backend, address, loops));
    own.claimed();
    current = chosen;
    stays = passage.staysPut();
    own.send(passage.datagram());
  }

  DatagramChannel listener() {
    return listener;
  }

  /** What was under way there is done, unless the flow stays, which is one thing under way. */
  void answered(InstanceSide side) {
    if (!stays || side.backend() != current) {
      side.finish();
    }
  }

  /** An answer of an instance; flushed by {@link #flush}. */
  void answer(ByteBuf datagram) {
    movedNanos = System.nanoTime();
    if (listener.isWritable()) {
      listener.write(new DatagramPacket(datagram, client), listener.voidPromise());
    } else {
      datagram.release();
    }
  }

  void flush() {
    listener.flush();
  }

  void tick(long nowNanos, long idleNanos) {
    if (nowNanos - movedNanos > idleNanos) {
      close();
      return;
    }
    for (Iterator<InstanceSide> each = sides.values().iterator(); each.hasNext(); ) {
      InstanceSide side = each.next();
      boolean mine = stays && side.backend() == current;
      if (!mine) {
        side.settle(nowNanos);
      }
      if (side.backend() != current && side.isIdle(nowNanos, idleNanos)) {
        side.close();
        each.remove();
      }
    }
  }

  void close() {
    closed = true;
    sides.values().forEach(InstanceSide::close);
    sides.clear();
    current = null;
  }

  @Override
  public void cut(Set<Backend> backends) {
    listener.eventLoop().execute(() -> leave(backends));
  }

  /** One that stays is torn away; its next datagram goes to who serves by then. */
  private void leave(Set<Backend> backends) {
    Backend now = current;
    InstanceSide side = sides.get(now);
    if (stays && now != null && side != null && backends.contains(now)) {
      side.close();
      sides.remove(now);
      current = null;
      stays = false;
    }
  }

  @Override
  public String describe() {
    Backend now = current;
    return "client=%s route=%s protocol=udp instance=%s"
        .formatted(Sockets.text(client), route, now == null ? "none" : now.instance());
  }
}
