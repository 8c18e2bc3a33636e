package dev.bumpless.router.modbus;

import dev.bumpless.router.net.Loops;
import dev.bumpless.router.table.Backend;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A master's connections to instances: one to each that it is carried to. After a flip the one to
 * the old instance is a spare, which is closed when it has not been used for a while. Belongs to
 * the master's loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A loop that shuts down has no more masters.
final class Upstreams {
  private final ModbusConnection master;
  private final EventLoop loop;
  private final Loops loops;
  private final Map<Backend, Upstream> open = new LinkedHashMap<>(2);
  private final Set<Upstream> retiring = new LinkedHashSet<>(2);
  private boolean spareCheck;
  private volatile @Nullable Backend latest;

  Upstreams(ModbusConnection master, EventLoop loop, Loops loops) {
    this.master = master;
    this.loop = loop;
    this.loops = loops;
  }

  /** The connection to the backend that this transaction may take; dialled where there is none. */
  Upstream to(Backend backend, SocketAddress address, Transaction transaction) {
    latest = backend;
    Upstream kept = open.get(backend);
    if (kept != null && kept.takes(transaction)) {
      return kept;
    }
    if (kept != null) {
      open.remove(backend);
      retiring.add(kept);
      kept.retire();
    }
    // A flip brings a new backend, and may have brought new limits.
    master.renewLimits();
    Upstream fresh = new Upstream(master, backend);
    open.put(backend, fresh);
    fresh.dial(loops.client(loop), address);
    if (open.size() > 1 && !spareCheck) {
      checkSparesLater();
    }
    return fresh;
  }

  void ended(Upstream upstream) {
    open.remove(upstream.backend(), upstream);
    retiring.remove(upstream);
  }

  private void checkSparesLater() {
    spareCheck = true;
    long spare = master.limits().spareTime().toNanos();
    loop.schedule(this::closeSpares, spare, TimeUnit.NANOSECONDS);
  }

  private void closeSpares() {
    spareCheck = false;
    long since = System.nanoTime() - master.limits().spareTime().toNanos();
    for (Upstream each : List.copyOf(open.values())) {
      if (each.backend() != latest && each.isSpareSince(since)) {
        each.close();
      }
    }
    if (open.size() > 1) {
      checkSparesLater();
    }
  }

  void flush() {
    open.values().forEach(Upstream::flush);
  }

  void close() {
    List.copyOf(open.values()).forEach(Upstream::close);
  }

  /** Also those that wait for their last answers. */
  void closeAll() {
    close();
    List.copyOf(retiring).forEach(Upstream::close);
  }

  void close(Set<Backend> backends) {
    for (Upstream each : List.copyOf(open.values())) {
      if (backends.contains(each.backend())) {
        each.close();
      }
    }
  }

  /** Who was asked last; read by any thread, may be a moment old. */
  @Nullable Backend latest() {
    return latest;
  }
}
