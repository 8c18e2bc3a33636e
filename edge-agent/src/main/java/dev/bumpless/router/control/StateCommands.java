package dev.bumpless.router.control;

import dev.bumpless.router.modbus.state.CopyPlan;
import dev.bumpless.router.modbus.state.StateCopies;
import dev.bumpless.router.table.Endpoint;
import dev.bumpless.router.table.Instance;
import dev.bumpless.router.table.RouteTable;
import dev.bumpless.router.table.TableException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The commands that carry state from one instance to the other. */
final class StateCommands {
  private static final String USAGE =
      "copy APP FROM TO UNITS RANGES [skip=RANGES] [volatile=RANGES] [route=LISTEN]";
  private static final Set<String> OPTIONS = Set.of("skip", "volatile", "route");

  private final RouteTable table;
  private final StateCopies copies;

  StateCommands(RouteTable table, StateCopies copies) {
    this.table = table;
    this.copies = copies;
  }

  String copy(Words words) throws TableException {
    List<String> given = words.atLeast(5, USAGE);
    Map<String, String> options = options(words, given.subList(5, given.size()));
    try {
      CopyPlan plan =
          CopyPlan.parse(
              given.get(3),
              given.get(4),
              options.getOrDefault("skip", ""),
              options.getOrDefault("volatile", ""));
      String route = options.get("route");
      return "ok copy="
          + copies.start(
              table,
              given.get(0),
              Instance.parse(given.get(1)),
              Instance.parse(given.get(2)),
              plan,
              route == null ? null : Endpoint.parse(route));
    } catch (IllegalArgumentException e) {
      throw words.invalid("%s", String.valueOf(e.getMessage()));
    }
  }

  private static Map<String, String> options(Words words, List<String> given)
      throws TableException {
    Map<String, String> options = new HashMap<>();
    for (String option : given) {
      int equals = option.indexOf('=');
      String name = equals < 0 ? option : option.substring(0, equals);
      if (equals < 0 || !OPTIONS.contains(name)) {
        throw words.invalid("'%s': expected skip=…, volatile=… or route=…", option);
      }
      if (options.put(name, option.substring(equals + 1)) != null) {
        throw words.invalid("%s= is given twice", name);
      }
    }
    return options;
  }

  String sync(Words words) throws TableException {
    List<String> given = words.exactly(2, "sync APP TOKEN");
    return "ok " + copies.sync(given.get(0), given.get(1));
  }

  String forget(Words words) throws TableException {
    copies.forget(words.exactly(1, "forget APP").get(0));
    return "ok";
  }

  /** Nothing of a copy may be under way when another instance begins to serve. */
  void beforeFlip(String app, String token) throws TableException {
    copies.beforeFlip(app, token);
  }

  void afterFlip(String app) {
    copies.afterFlip(app);
  }

  void removed(String app) {
    copies.forget(app);
  }
}
