package dev.bumpless.ledger;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a client behaves. */
public enum Shape {
  /** A connection for each request, {@code Connection: close}. */
  NEW,
  /** GET on a few connections that are kept alive. */
  KEEPALIVE,
  /** GETs in bursts of four, written at once on one connection. */
  PIPELINED,
  /** POST whose body trickles in, on a connection of its own; due when its last byte is. */
  SLOW,
  /** POST with a chunked body in four parts, on connections that are kept alive. */
  CHUNKED,
  /** Numbered text messages on a few WebSockets; each must come back once and in order. */
  WEBSOCKET,
  /** GET on connections that were left alone for a while. */
  IDLE,
  /** A line, then half-close; the same line and the end must come back. */
  TCP;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Shape parse(String text) {
    return Arrays.stream(values())
        .filter(s -> s.label().equals(text))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("'" + text + "' is no shape: expected " + all()));
  }

  private static String all() {
    return Arrays.stream(values()).map(Shape::label).collect(Collectors.joining(", "));
  }
}
