package dev.bumpless.router.modbus.state;

import dev.bumpless.router.modbus.WriteWatch;
import dev.bumpless.router.table.AppRecord;
import dev.bumpless.router.table.Backend;
import dev.bumpless.router.table.Endpoint;
import dev.bumpless.router.table.Instance;
import dev.bumpless.router.table.Protocol;
import dev.bumpless.router.table.RouteTable;
import dev.bumpless.router.table.RouteTable.AppView;
import dev.bumpless.router.table.TableException;
import dev.bumpless.router.table.TableException.Code;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The copies of state that are under way, at most one an app. Commands come by threads of their
 * own, one at a time; what masters write by any event loop.
 */
public final class StateCopies implements WriteWatch, AutoCloseable {
  private static final int FUNCTION = 7;
  private static final int EXCEPTION = 0x80;

  private final String boot;
  private final Map<String, StateCopy> copies = new ConcurrentSkipListMap<>();
  private int number;

  /**
   * @param boot copies are known to nobody after the router's next start
   */
  public StateCopies(String boot) {
    this.boot = boot;
  }

  /**
   * Begins to copy live, or leaves alone a copy that does exactly that and has not failed.
   *
   * @param from has to be the only one that serves
   * @param route by whose targets both are reached; may be null where the app has one of Modbus
   * @return the copy's id
   */
  public synchronized String start(
      RouteTable table,
      String app,
      Instance from,
      Instance to,
      CopyPlan plan,
      @Nullable Endpoint route)
      throws TableException {
    StateCopy known = copies.get(app);
    if (known != null && known.isAlive() && known.isFor(plan, from, to)) {
      return known.id();
    }
    AppView view = table.app(app);
    if (from.equals(to) || !view.app().serving().equals(Set.of(from))) {
      throw invalid(app, from + " has to be the one that serves, and " + to + " another");
    }
    Endpoint by = route == null ? onlyRoute(view.app()) : route;
    Line source = line(view, from, by);
    Line target = line(view, to, by);
    if (source.address().equals(target.address())) {
      throw invalid(app, from + " and " + to + " are both at " + by);
    }
    boolean back = known != null && known.sawServing(to);
    forget(app);
    number++;
    StateCopy copy =
        new StateCopy(boot + "-copy-" + number, app, plan, table, new Pair(source, target), back);
    copies.put(app, copy);
    copy.start();
    return copy.id();
  }

  private static Endpoint onlyRoute(AppRecord app) throws TableException {
    List<Endpoint> routes = new ArrayList<>();
    app.routes()
        .forEach(
            (listen, protocol) -> {
              if (protocol.kind() == Protocol.Kind.MODBUS) {
                routes.add(listen);
              }
            });
    if (routes.size() != 1) {
      throw invalid(
          app.app(), routes.size() + " routes of protocol modbus: name one by route=LISTEN");
    }
    return routes.get(0);
  }

  private static Line line(AppView view, Instance instance, Endpoint route) throws TableException {
    for (Backend backend : view.backends()) {
      InetSocketAddress address = backend.address(route);
      if (backend.instance().equals(instance) && address != null) {
        return new Line(backend, address);
      }
    }
    throw invalid(view.app().app(), instance + " has no target for " + route);
  }

  private static TableException invalid(String app, String why) {
    return new TableException(Code.INVALID, "copy " + app + ": " + why);
  }

  /** Inside the hold of the token; answers {@code key=value} pairs. */
  public String sync(String app, String token) throws TableException {
    StateCopy copy = copies.get(app);
    if (copy == null || !copy.isAlive()) {
      throw new TableException(
          Code.NO_COPY,
          copy == null
              ? "sync " + app + ": no copy is known since this router started, boot " + boot
              : "sync " + app + ": the copy has failed: " + copy);
    }
    StateCopy.Synced synced = copy.sync(token);
    return "copy=%s values=%d written=%d waited=%dus took=%dus digest=%s"
        .formatted(
            copy.id(),
            synced.values(),
            synced.written(),
            synced.waited().toNanos() / 1000,
            synced.took().toNanos() / 1000,
            synced.digest());
  }

  /** Returns when the copy writes nothing more until the hold of the token is over. */
  public void beforeFlip(String app, String token) throws TableException {
    StateCopy copy = copies.get(app);
    if (copy != null) {
      copy.beforeFlip(token);
    }
  }

  /** From a flip's answer on the copy goes the other way, or has ended. */
  public void afterFlip(String app) {
    StateCopy copy = copies.get(app);
    if (copy != null) {
      copy.afterFlip();
    }
  }

  /** Copies and keeps in step no longer. Missing is fine. */
  public synchronized void forget(String app) {
    StateCopy copy = copies.remove(app);
    if (copy != null) {
      copy.close();
    }
  }

  /** A line each. */
  public List<String> describe() {
    List<String> lines = new ArrayList<>();
    copies.forEach((app, copy) -> lines.add("state " + app + " " + copy));
    return lines;
  }

  @Override
  public void answered(Backend by, Endpoint route, ByteBuf request, ByteBuf answer) {
    boolean refused = (answer.getByte(answer.readerIndex() + FUNCTION) & EXCEPTION) != 0;
    copies.values().forEach(copy -> copy.witness().passed(by, route, request, refused, true));
  }

  @Override
  public void unanswered(Backend by, Endpoint route, ByteBuf request) {
    copies.values().forEach(copy -> copy.witness().passed(by, route, request, false, false));
  }

  @Override
  public void opaque(Endpoint route) {
    copies.values().forEach(copy -> copy.witness().opaque(route));
  }

  @Override
  public synchronized void close() {
    copies.keySet().forEach(this::forget);
  }
}
