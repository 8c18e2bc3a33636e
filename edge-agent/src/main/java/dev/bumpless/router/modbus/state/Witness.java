package dev.bumpless.router.modbus.state;

import dev.bumpless.router.table.Backend;
import dev.bumpless.router.table.Endpoint;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sees what masters write to either instance of a copy. Any thread; never waits for an instance.
 */
final class Witness {
  private final Map<Backend, InetSocketAddress> addresses;
  private final Map<Backend, Changes> changes;
  private volatile Backend source;
  private volatile boolean back;
  private volatile @Nullable String doom;

  /**
   * @param back whether the other one served before
   */
  Witness(Pair pair, Cells wanted, boolean back) {
    this.source = pair.source();
    this.back = back;
    this.addresses =
        Map.of(
            pair.source(), pair.address(pair.source()), pair.target(), pair.address(pair.target()));
    this.changes = Map.of(pair.source(), new Changes(wanted), pair.target(), new Changes(wanted));
  }

  void passed(Backend by, Endpoint route, ByteBuf request, boolean refusedIt, boolean answered) {
    Changes of = changes.get(by);
    if (of == null || !isAt(by, route)) {
      return;
    }
    Effect effect = Effect.of(request);
    Chunk written = effect.written();
    if (written != null) {
      of.mark(written, answered);
    } else if (effect.kind() == Effect.Kind.UNKNOWN && !refusedIt) {
      unknown(by, of, effect.function());
    }
  }

  private boolean isAt(Backend by, Endpoint route) {
    InetSocketAddress address = by.address(route);
    return address != null && address.equals(addresses.get(by));
  }

  /** Before a flip all is copied again. After one, it may have changed what is not copied. */
  private void unknown(Backend by, Changes of, int function) {
    if (back || by != source) {
      doom =
          "function %d passed to %s, and what it changed is not known"
              .formatted(function, by.instance());
    }
    of.markAll();
  }

  void opaque(Endpoint route) {
    for (Backend each : changes.keySet()) {
      if (isAt(each, route)) {
        of(each).markAll();
        doom = "a connection by " + route + " talks no Modbus, and what it writes cannot be seen";
      }
    }
  }

  /**
   * How many values clients have changed at either instance that were not brought to the other. At
   * the one that does not serve there are none, but between a flip and its being noticed.
   */
  int dirty() {
    return changes.values().stream().mapToInt(Changes::count).sum();
  }

  /** What passed that no copy can cope with. */
  @Nullable String doom() {
    return doom;
  }

  void refuseDoomed() throws Fault {
    String why = doom;
    if (why != null) {
      throw new Fault(why);
    }
  }

  /** The target serves now, and was made alike before. */
  void turnAround() {
    Backend former = source;
    source = target();
    back = true;
    of(former).clear();
  }

  /** Whether the target has served before: keeping it in step is the way back. */
  boolean isBack() {
    return back;
  }

  Backend source() {
    return source;
  }

  Backend target() {
    Backend now = source;
    for (Backend each : changes.keySet()) {
      if (each != now) {
        return each;
      }
    }
    throw new IllegalStateException("a copy has two sides");
  }

  Changes of(Backend backend) {
    Changes of = changes.get(backend);
    if (of == null) {
      throw new IllegalStateException("no changes are kept of " + backend.instance());
    }
    return of;
  }
}
