package dev.bumpless.router.table;

import java.util.Locale;

/** What the router understands of a route's bytes. */
public enum Protocol {
  HTTP,
  TCP;

  public static Protocol parse(String label) {
    return switch (label) {
      case "http" -> HTTP;
      case "tcp" -> TCP;
      case "udp", "modbus" ->
          throw new IllegalArgumentException(
              "protocol '" + label + "' is not supported by this router yet: use http or tcp");
      default ->
          throw new IllegalArgumentException(
              "'" + label + "' is no protocol: expected http or tcp");
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
