package dev.bumpless.router.control;

import dev.bumpless.router.modbus.state.StateCopies;
import dev.bumpless.router.net.Connections;
import dev.bumpless.router.table.Backend;
import dev.bumpless.router.table.Endpoint;
import dev.bumpless.router.table.Instance;
import dev.bumpless.router.table.RouteTable;
import dev.bumpless.router.table.RouteTable.AppView;
import dev.bumpless.router.table.TableException;
import java.time.Duration;
import java.util.Map;
import java.util.StringJoiner;

/** Answers of several lines: the first {@code ok}, the last empty. */
public final class Show {
  private static final String HELP =
      """
      ok
      help                                 this
      show info                            boot id, version, uptime
      show routes                          per app: generation, routes, targets, who serves
      show connections                     clients that are connected, a line each
      show stats                           per app its holds, per instance its traffic
      show state                           per app how far its copy is, and the way back
      define APP [route=LISTEN/PROTOCOL]… [target=INSTANCE[,LISTEN,ADDRESS:PORT]]…
                                           makes routes and targets exactly these
      hold APP LIMIT                       parks new requests: ok token=…
      flip APP SLOT|INSTANCE,…|none TOKEN  new requests go there from the release on
      release APP TOKEN                    lets go what is parked: ok held=…us parked=…
      drain APP SLOT|INSTANCE,… DEADLINE   waits until they are idle, then cuts: ok cut=…
      copy APP FROM TO UNITS RANGES [skip=RANGES] [volatile=RANGES] [route=LISTEN]
                                           keeps TO's Modbus values like FROM's: ok copy=…
      sync APP TOKEN                       makes them alike inside a hold: ok values=…
      forget APP                           copies no longer
      remove APP                           closes its routes and forgets it

      """;

  private final RouteTable table;
  private final Connections connections;
  private final StateCopies copies;
  private final About about;

  /** What the router says of itself. */
  public record About(String boot, String version, String transport, long startNanos) {}

  Show(RouteTable table, Connections connections, StateCopies copies, About about) {
    this.table = table;
    this.connections = connections;
    this.copies = copies;
    this.about = about;
  }

  String help() {
    return HELP.stripTrailing() + "\n";
  }

  String run(Words words) throws TableException {
    String what = words.exactly(1, "show info|routes|connections|stats|state").get(0);
    StringJoiner lines = new StringJoiner("\n", "", "\n");
    lines.add("ok boot=" + about.boot());
    switch (what) {
      case "info" -> info(lines);
      case "routes" -> routes(lines);
      case "connections" -> connections.describe().forEach(lines::add);
      case "stats" -> stats(lines);
      case "state" -> copies.describe().forEach(lines::add);
      default ->
          throw words.invalid("'%s': expected info, routes, connections, stats or state", what);
    }
    return lines.toString();
  }

  private void info(StringJoiner lines) {
    Duration uptime = Duration.ofNanos(System.nanoTime() - about.startNanos());
    lines.add("version=" + about.version());
    lines.add("transport=" + about.transport());
    lines.add("uptime=" + uptime.toSeconds() + "s");
  }

  private void routes(StringJoiner lines) {
    Map<Endpoint, String> listeners = table.listeners();
    for (AppView view : table.apps()) {
      String app = view.app().app();
      lines.add("app " + app + " generation=" + view.app().generation() + " hold=" + view.hold());
      view.app()
          .routes()
          .forEach(
              (listen, protocol) ->
                  lines.add(
                      "route %s %s/%s state=%s"
                          .formatted(
                              app, listen, protocol, listeners.getOrDefault(listen, "closed"))));
      view.app().targets().forEach((instance, targets) -> targets(lines, app, instance, targets));
      view.app().serving().forEach(instance -> lines.add("serving " + app + " " + instance));
    }
  }

  private static void targets(
      StringJoiner lines, String app, Instance instance, Map<Endpoint, Endpoint> targets) {
    lines.add("target " + app + " " + instance);
    targets.forEach(
        (route, target) ->
            lines.add("target " + app + " " + instance + "," + route + "," + target));
  }

  private void stats(StringJoiner lines) {
    lines.add("router " + connections.stats());
    for (AppView view : table.apps()) {
      lines.add("app " + view.app().app() + " " + view.stats());
      for (Backend backend : view.backends()) {
        lines.add(
            "instance %s %s serving=%s %s"
                .formatted(
                    view.app().app(),
                    backend.instance(),
                    view.app().serving().contains(backend.instance()) ? "yes" : "no",
                    backend.traffic()));
      }
    }
  }
}
