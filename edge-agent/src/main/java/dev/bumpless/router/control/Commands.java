package dev.bumpless.router.control;

import dev.bumpless.router.table.Ended;
import dev.bumpless.router.table.Endpoint;
import dev.bumpless.router.table.Instance;
import dev.bumpless.router.table.Protocol;
import dev.bumpless.router.table.RouteTable;
import dev.bumpless.router.table.RouteTable.Granted;
import dev.bumpless.router.table.TableException;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What each command does. Answers are whole: {@code ok …}, of several lines for what shows. */
final class Commands {
  private final RouteTable table;
  private final Drain drain;
  private final StateCommands state;
  private final Show show;

  Commands(RouteTable table, Drain drain, StateCommands state, Show show) {
    this.table = table;
    this.drain = drain;
    this.state = state;
    this.show = show;
  }

  /**
   * @param owner the connection; a hold that it takes ends with it
   */
  String run(Words words, Object owner) throws TableException {
    return switch (words.command()) {
      case "help" -> show.help();
      case "show" -> show.run(words);
      case "define" -> define(words);
      case "hold" -> hold(words, owner);
      case "flip" -> flip(words);
      case "release" -> release(words);
      case "drain" -> drain(words);
      case "copy" -> state.copy(words);
      case "sync" -> state.sync(words);
      case "forget" -> state.forget(words);
      case "remove" -> remove(words);
      default -> throw words.invalid("no such command; 'help' lists them");
    };
  }

  private String define(Words words) throws TableException {
    List<String> given = words.atLeast(1, "define APP [route=LISTEN/PROTOCOL]… [target=…]…");
    SortedMap<Endpoint, Protocol> routes = new TreeMap<>();
    SortedMap<Instance, SortedMap<Endpoint, Endpoint>> targets = new TreeMap<>();
    try {
      for (String pair : given.subList(1, given.size())) {
        if (pair.startsWith("route=")) {
          route(words, pair.substring("route=".length()), routes);
        } else if (pair.startsWith("target=")) {
          target(words, pair.substring("target=".length()), targets);
        } else {
          throw words.invalid("'%s': expected route=… or target=…", pair);
        }
      }
    } catch (IllegalArgumentException e) {
      throw words.invalid("%s", String.valueOf(e.getMessage()));
    }
    return "ok generation=" + table.define(given.get(0), routes, targets);
  }

  private static void route(Words words, String text, SortedMap<Endpoint, Protocol> routes)
      throws TableException {
    int slash = text.lastIndexOf('/');
    if (slash < 1) {
      throw words.invalid("route '%s': expected address:port/protocol", text);
    }
    Endpoint listen = Endpoint.parse(text.substring(0, slash));
    if (routes.put(listen, Protocol.parse(text.substring(slash + 1))) != null) {
      throw words.invalid("route %s is given twice", listen);
    }
  }

  private static void target(
      Words words, String text, SortedMap<Instance, SortedMap<Endpoint, Endpoint>> targets)
      throws TableException {
    String[] parts = text.split(",", -1);
    if (parts.length != 1 && parts.length != 3) {
      throw words.invalid("target '%s': expected INSTANCE or INSTANCE,LISTEN,ADDRESS:PORT", text);
    }
    SortedMap<Endpoint, Endpoint> target =
        targets.computeIfAbsent(Instance.parse(parts[0]), key -> new TreeMap<>());
    if (parts.length == 3
        && target.put(Endpoint.parse(parts[1]), Endpoint.parse(parts[2])) != null) {
      throw words.invalid("target %s for %s is given twice", parts[0], parts[1]);
    }
  }

  private String hold(Words words, Object owner) throws TableException {
    List<String> given = words.exactly(2, "hold APP LIMIT");
    Granted granted = table.hold(given.get(0), words.duration(given.get(1)), owner);
    return "ok token=" + granted.token() + " generation=" + granted.generation();
  }

  private String flip(Words words) throws TableException {
    List<String> given = words.exactly(3, "flip APP SLOT|INSTANCE,…|none TOKEN");
    SortedSet<Instance> serving = instances(words, given.get(0), given.get(1));
    state.beforeFlip(given.get(0), given.get(2));
    long generation = table.flip(given.get(0), serving, given.get(2));
    state.afterFlip(given.get(0));
    return "ok generation=" + generation;
  }

  private String release(Words words) throws TableException {
    List<String> given = words.exactly(2, "release APP TOKEN");
    Ended ended = table.release(given.get(0), given.get(1));
    return "ok held=%dus parked=%d ended=%s"
        .formatted(ended.held().toNanos() / 1000, ended.parked(), ended.cause().text());
  }

  private String drain(Words words) throws TableException {
    List<String> given = words.exactly(3, "drain APP SLOT|INSTANCE,… DEADLINE");
    SortedSet<Instance> instances = instances(words, given.get(0), given.get(1));
    return "ok cut=" + drain.run(given.get(0), instances, words.duration(given.get(2)));
  }

  private String remove(Words words) throws TableException {
    String app = words.exactly(1, "remove APP").get(0);
    table.remove(app);
    state.removed(app);
    return "ok";
  }

  /** {@code green} is all of that slot, {@code none} nobody, else instances between commas. */
  private SortedSet<Instance> instances(Words words, String app, String text)
      throws TableException {
    SortedSet<Instance> instances = new TreeSet<>();
    if (text.equals("none")) {
      return instances;
    }
    if (!text.contains("/")) {
      instances.addAll(table.instances(app, text));
      if (instances.isEmpty()) {
        throw words.invalid("'%s' has no instance; 'show routes' lists the targets", text);
      }
      return instances;
    }
    try {
      for (String instance : text.split(",", -1)) {
        instances.add(Instance.parse(instance));
      }
    } catch (IllegalArgumentException e) {
      throw words.invalid("%s", String.valueOf(e.getMessage()));
    }
    return instances;
  }
}
