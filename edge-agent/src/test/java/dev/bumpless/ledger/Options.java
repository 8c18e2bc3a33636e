package dev.bumpless.ledger;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What load to make, on what.
 *
 * @param target where HTTP and WebSockets go
 * @param tcpTarget where the shape {@code tcp} goes
 * @param rates requests a second for each shape that is wanted
 * @param getPath of GETs; <code>{n}</code> in it becomes the request's number, which the answer
 *     must then hold
 * @param echoPath answers a POST with its body
 * @param webSocketPath answers a text message with itself
 * @param version where a GET's answer tells the version: the first group
 * @param timeout from due to lost
 * @param slowFor how long a slow body takes
 * @param idleFor how long a connection of the shape {@code idle} is left alone
 */
public record Options(
    InetSocketAddress target,
    InetSocketAddress tcpTarget,
    Map<Shape, Double> rates,
    String getPath,
    String echoPath,
    String webSocketPath,
    Pattern version,
    Duration timeout,
    Duration slowFor,
    Duration idleFor) {

  /** The rate of the shape {@code idle} unless another is given. */
  public static final double IDLE_RATE = 2;

  public Options {
    rates = new LinkedHashMap<>(rates);
    rates.forEach(
        (shape, rate) -> {
          if (!(rate > 0 && rate <= 10_000)) {
            throw new IllegalArgumentException(
                "rate " + rate + " of " + shape.label() + ": expected above 0 and up to 10000");
          }
        });
  }

  /** Paths as in the test app; no shape yet. */
  public static Options on(InetSocketAddress target) {
    return new Options(
        target,
        target,
        Map.of(),
        "/n/{n}",
        "/echo",
        "/ws/echo",
        Pattern.compile("\"version\"\\s*:\\s*\"([^\"]+)\""),
        Duration.ofSeconds(10),
        Duration.ofMillis(1500),
        Duration.ofSeconds(5));
  }

  public Options with(Shape shape, double rate) {
    Map<Shape, Double> more = new LinkedHashMap<>(rates);
    more.put(shape, rate);
    return new Options(
        target,
        tcpTarget,
        more,
        getPath,
        echoPath,
        webSocketPath,
        version,
        timeout,
        slowFor,
        idleFor);
  }

  public Options withTcp(InetSocketAddress other) {
    return new Options(
        target, other, rates, getPath, echoPath, webSocketPath, version, timeout, slowFor, idleFor);
  }

  public Options withPaths(String get, String echo, String webSocket) {
    return new Options(
        target, tcpTarget, rates, get, echo, webSocket, version, timeout, slowFor, idleFor);
  }

  public Options withTimes(Duration timeoutOf, Duration slow, Duration idle) {
    return new Options(
        target, tcpTarget, rates, getPath, echoPath, webSocketPath, version, timeoutOf, slow, idle);
  }

  /** For the {@code Host} header. */
  String host() {
    return target.getHostString() + ":" + target.getPort();
  }
}
