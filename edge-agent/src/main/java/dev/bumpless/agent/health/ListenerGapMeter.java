package dev.bumpless.agent.health;

import dev.bumpless.agent.swap.GapMeter;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.HealthCheck;
import dev.bumpless.manifest.Port;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;

/**
 * Asks through the router's own listeners, as a client on this device would.
 *
 * <p>HTTP routes get a GET of the first HTTP health path of their container, or of {@code /}.
 * Modbus routes get the read that the container's first Modbus health check names. Of all else
 * nothing is known, so there an ask is a connection that is accepted and still open 20 ms later; a
 * hold, in which connections are parked open, does not show there. UDP is not asked.
 */
public final class ListenerGapMeter implements GapMeter {
  private final String deviceAddress;

  /**
   * @param deviceAddress where ports without an address listen
   */
  public ListenerGapMeter(String deviceAddress) {
    this.deviceAddress = deviceAddress;
  }

  @Override
  public Measurement start(App app) {
    List<Listener> listeners =
        app.ports().stream()
            .filter(port -> port.protocol() != Port.Protocol.UDP)
            .map(port -> listener(app, port))
            .toList();
    try {
      return OpenLoop.start(listeners);
    } catch (IOException e) {
      throw new UncheckedIOException("measuring the gap of app " + app.name() + " failed", e);
    }
  }

  private Listener listener(App app, Port port) {
    String address = reachable(port.address().orElse(deviceAddress));
    InetSocketAddress target = new InetSocketAddress(address, port.listen());
    return new Listener(target, question(app, port, address));
  }

  private static Question question(App app, Port port, String address) {
    return switch (port.protocol()) {
      case HTTP -> Question.http(address, port.listen(), path(app, port.container()));
      case MODBUS ->
          checks(app, port.container(), HealthCheck.Modbus.class)
              .map(check -> Question.modbus(check.unit(), check.holding()))
              .findFirst()
              .orElseGet(Question::connection);
      case TCP, UDP -> Question.connection();
    };
  }

  private static String reachable(String address) {
    return switch (address) {
      case "0.0.0.0" -> "127.0.0.1";
      case "::" -> "::1";
      default -> address;
    };
  }

  private static String path(App app, String container) {
    return checks(app, container, HealthCheck.Http.class)
        .map(HealthCheck.Http::path)
        .findFirst()
        .orElse("/");
  }

  private static <C extends HealthCheck> Stream<C> checks(
      App app, String container, Class<C> kind) {
    return app.health().stream()
        .filter(check -> check.container().equals(container))
        .filter(kind::isInstance)
        .map(kind::cast);
  }
}
