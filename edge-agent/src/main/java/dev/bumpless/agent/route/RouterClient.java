package dev.bumpless.agent.route;

import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.agent.swap.RouteControl;
import dev.bumpless.agent.swap.RouteException;
import dev.bumpless.agent.swap.RouteTable;
import dev.bumpless.manifest.AppName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
      return new RouterHold(router, app, answer.value("token"), TIMEOUT);
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
          traffic.put(
              TableText.instance(app, line.word(2)),
              new Traffic(
                  line.number("underway"), line.number("answered"), line.number("failures")));
        }
      }
    }
    return traffic;
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
