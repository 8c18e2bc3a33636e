package dev.bumpless.agent.route;

import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.agent.swap.RouteException;
import dev.bumpless.agent.swap.RouteException.Kind;
import dev.bumpless.agent.swap.RouteTable;
import dev.bumpless.agent.swap.RouteTable.AppRoutes;
import dev.bumpless.agent.swap.Slot;
import dev.bumpless.manifest.AppName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads the answer of {@code show routes}. Lines of a kind that it does not know are skipped. */
final class TableText {
  private static final class App {
    private long generation;
    private final SortedMap<String, String> routes = new TreeMap<>();
    private final Map<InstanceKey, SortedMap<String, String>> targets = new HashMap<>();
    private final SortedSet<InstanceKey> serving = new TreeSet<>();
  }

  private TableText() {}

  static RouteTable read(List<Answer> lines) throws RouteException {
    Map<AppName, App> apps = new HashMap<>();
    for (Answer line : lines.subList(1, lines.size())) {
      AppName name = new AppName(line.word(1));
      App app = apps.computeIfAbsent(name, key -> new App());
      switch (line.word(0)) {
        case "app" -> app.generation = line.number("generation");
        case "route" -> route(app, line.word(2));
        case "target" -> target(app, name, line.word(2));
        case "serving" -> app.serving.add(instance(name, line.word(2)));
        default -> {}
      }
    }
    Map<AppName, AppRoutes> table = new HashMap<>();
    apps.forEach(
        (name, app) ->
            table.put(name, new AppRoutes(app.generation, app.routes, app.targets, app.serving)));
    return new RouteTable(lines.get(0).value("boot"), table);
  }

  private static void route(App app, String text) throws RouteException {
    int slash = text.lastIndexOf('/');
    if (slash < 0) {
      throw unreadable(text);
    }
    app.routes.put(text.substring(0, slash), text.substring(slash + 1));
  }

  private static void target(App app, AppName name, String text) throws RouteException {
    String[] parts = text.split(",", -1);
    SortedMap<String, String> targets =
        app.targets.computeIfAbsent(instance(name, parts[0]), key -> new TreeMap<>());
    if (parts.length == 3) {
      targets.put(parts[1], parts[2]);
    } else if (parts.length != 1) {
      throw unreadable(text);
    }
  }

  /** Reads {@code blue/0}. */
  static InstanceKey instance(AppName app, String place) throws RouteException {
    try {
      int slash = place.indexOf('/');
      return new InstanceKey(
          app, Slot.parse(place.substring(0, slash)), Integer.parseInt(place.substring(slash + 1)));
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw unreadable(place);
    }
  }

  private static RouteException unreadable(String text) {
    return new RouteException(Kind.UNREACHABLE, "the router's answer has '" + text + "'");
  }
}
