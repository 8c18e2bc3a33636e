package dev.bumpless.agent.route;

import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.agent.swap.RouteControl;
import dev.bumpless.agent.swap.RouteException;
import dev.bumpless.agent.swap.RouteTable;
import dev.bumpless.agent.swap.StateCopy;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.RegisterRange;
import dev.bumpless.manifest.StatePolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The router at the other end of its control socket. Stateless: every call opens a connection of
 * its own, a hold keeps its for as long as it lasts. Any thread, several at once.
 */
public final class RouterClient implements RouteControl {
  /** For an answer that costs the router a disk write at most. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** What a drain may take beyond its deadline: the router cuts, and lets farewells out. */
  private static final Duration CUTTING = Duration.ofSeconds(5);

  private final Path socket;

  public RouterClient(Path socket) {
    this.socket = socket;
  }

  @Override
  public RouteTable table() throws RouteException {
    try (ControlConnection router = ControlConnection.open(socket)) {
      return TableText.read(router.askAll("show routes", TIMEOUT));
    }
  }

  @Override
  public void define(
      AppName app,
      SortedMap<String, String> routes,
      Map<InstanceKey, SortedMap<String, String>> targets)
      throws RouteException {
    StringJoiner line = new StringJoiner(" ").add("define").add(app.value());
    routes.forEach((listen, protocol) -> line.add("route=" + listen + "/" + protocol));
    new TreeMap<>(targets)
        .forEach(
            (instance, byRoute) -> {
              line.add("target=" + instance.place());
              byRoute.forEach(
                  (route, target) ->
                      line.add("target=" + instance.place() + "," + route + "," + target));
            });
    ask(line.toString(), TIMEOUT);
  }

  @Override
  public Hold hold(AppName app, Duration limit) throws RouteException {
    ControlConnection router = ControlConnection.open(socket);
    try {
      Answer answer = router.ask("hold " + app + " " + limit.toMillis() + "ms", TIMEOUT);
      return new RouterHold(router, app, answer.value("token"), limit, TIMEOUT);
    } catch (RouteException e) {
      router.close();
      throw e;
    }
  }

  @Override
  public int drain(AppName app, SortedSet<InstanceKey> instances, Duration deadline)
      throws RouteException {
    if (instances.isEmpty()) {
      return 0;
    }
    String line = "drain " + app + " " + places(instances) + " " + deadline.toMillis() + "ms";
    return (int) ask(line, deadline.plus(CUTTING)).number("cut");
  }

  @Override
  public Map<InstanceKey, Traffic> traffic(AppName app) throws RouteException {
    Map<InstanceKey, Traffic> traffic = new TreeMap<>();
    try (ControlConnection router = ControlConnection.open(socket)) {
      List<Answer> lines = router.askAll("show stats", TIMEOUT);
      for (Answer line : lines) {
        if (line.word(0).equals("instance") && line.word(1).equals(app.value())) {
          traffic.put(TableText.instance(app, line.word(2)), TrafficText.read(line));
        }
      }
    }
    return traffic;
  }

  @Override
  public void copy(
      AppName app,
      InstanceKey from,
      InstanceKey to,
      StatePolicy.Modbus what,
      List<RegisterRange> skip,
      String route)
      throws RouteException {
    List<RegisterRange> left = new ArrayList<>(what.skip());
    left.addAll(skip);
    StringJoiner line = new StringJoiner(" ").add("copy").add(app.value());
    line.add(from.place()).add(to.place());
    line.add(what.units().stream().map(String::valueOf).collect(Collectors.joining(",")));
    line.add(ranges(what.copy()));
    if (!left.isEmpty()) {
      line.add("skip=" + ranges(left));
    }
    if (!what.changing().isEmpty()) {
      line.add("volatile=" + ranges(what.changing()));
    }
    ask(line.add("route=" + route).toString(), TIMEOUT);
  }

  private static String ranges(List<RegisterRange> ranges) {
    return ranges.stream()
        .filter(r -> r.table().isWritable())
        .map(r -> r.table() + ":" + r.first() + "-" + r.last())
        .collect(Collectors.joining(","));
  }

  @Override
  public Optional<StateCopy> copyOf(AppName app) throws RouteException {
    try (ControlConnection router = ControlConnection.open(socket)) {
      for (Answer line : router.askAll("show state", TIMEOUT)) {
        if (line.word(0).equals("state") && line.word(1).equals(app.value())) {
          return Optional.of(CopyText.read(app, line));
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public void forgetCopy(AppName app) throws RouteException {
    ask("forget " + app, TIMEOUT);
  }

  @Override
  public void remove(AppName app) throws RouteException {
    ask("remove " + app, TIMEOUT);
  }

  private Answer ask(String line, Duration timeout) throws RouteException {
    try (ControlConnection router = ControlConnection.open(socket)) {
      return router.ask(line, timeout);
    }
  }

  /** {@code blue/1,green/0}, or {@code none}. */
  static String places(SortedSet<InstanceKey> instances) {
    return instances.isEmpty()
        ? "none"
        : instances.stream().map(InstanceKey::place).collect(Collectors.joining(","));
  }
}
