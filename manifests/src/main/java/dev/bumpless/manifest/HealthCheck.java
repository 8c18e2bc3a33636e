package dev.bumpless.manifest;

import java.util.List;

/** How an instance shows that it can serve. All checks of an app must pass. */
public sealed interface HealthCheck {
  /** What a request path may be made of (RFC 3986), with a query. */
  String HTTP_PATH = "/[!$-;=?-Z_a-z~]*";

  String container();

  /** Whether a path can be asked for; {@link #HTTP_PATH} says what it may be made of. */
  static void checkPath(String path) {
    InvalidManifestException.check(
        path.length() <= Limits.PATH_LENGTH && path.matches(HTTP_PATH),
        "'%s' is no HTTP path: it starts with '/' and has no blanks",
        path);
  }

  /** GET on the container's own address; healthy on 200 to 399. */
  record Http(String container, int port, String path) implements HealthCheck {
    public Http {
      Limits.check("port", port, Limits.PORT);
      checkPath(path);
    }
  }

  /** A TCP connection is accepted by the container itself. */
  record Tcp(String container, int port) implements HealthCheck {
    public Tcp {
      Limits.check("port", port, Limits.PORT);
    }
  }

  /**
   * Reads one holding register (Modbus function 03) of a unit.
   *
   * @param holding counted from 0, as on the wire
   */
  record Modbus(String container, int port, int unit, int holding) implements HealthCheck {
    public Modbus {
      Limits.check("port", port, Limits.PORT);
      Limits.check("unit", unit, Limits.UNIT);
      Limits.check("holding", holding, Limits.REGISTER);
    }
  }

  /** A command in the container; healthy on exit code 0. */
  record Exec(String container, List<String> command) implements HealthCheck {
    public Exec {
      command = List.copyOf(command);
      InvalidManifestException.check(!command.isEmpty(), "a health command may not be empty");
    }
  }
}
