package dev.bumpless.router.table;

import java.util.Locale;

/** What the router understands of a route's bytes. */
public enum Protocol {
  HTTP,
  TCP,
  MODBUS;

  public static Protocol parse(String label) {
    return switch (label) {
      case "http" -> HTTP;
      case "tcp" -> TCP;
      case "modbus" -> MODBUS;
      case "udp" ->
          throw new IllegalArgumentException(
              "protocol 'udp' is not supported by this router yet: use http, modbus or tcp");
      default ->
          throw new IllegalArgumentException(
              "'" + label + "' is no protocol: expected http, modbus or tcp");
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
