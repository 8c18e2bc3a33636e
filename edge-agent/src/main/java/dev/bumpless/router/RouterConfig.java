package dev.bumpless.router;

import dev.bumpless.router.http.HttpLimits;
import dev.bumpless.router.modbus.ModbusLimits;
import java.nio.file.Path;

/**
 * What can be set of a router.
 *
 * @param state folder of its own for the route table
 * @param socket where it is commanded
 * @param threads event loops
 * @param mostConnections clients at a time; one more is reset
 * @param version shown by {@code show info}
 */
public record RouterConfig(
    Path state,
    Path socket,
    int threads,
    int mostConnections,
    String version,
    HttpLimits http,
    ModbusLimits modbus) {

  static final int MOST_CONNECTIONS = 4096;

  public static RouterConfig of(Path state, Path socket) {
    return new RouterConfig(
        state,
        socket,
        Math.min(2, Runtime.getRuntime().availableProcessors()),
        MOST_CONNECTIONS,
        programVersion(),
        HttpLimits.DEFAULT,
        ModbusLimits.DEFAULT);
  }

  static String programVersion() {
    String version = RouterConfig.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
