package dev.bumpless.router;

import dev.bumpless.rig.Folders;
import dev.bumpless.router.http.HttpLimits;
import dev.bumpless.router.modbus.ModbusLimits;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** A router in this process, with a state folder of its own. */
public final class RunningRouter implements AutoCloseable {
  private final RouterConfig config;
  private final Router router;
  private final boolean ownsFolder;

  private RunningRouter(RouterConfig config, boolean ownsFolder) throws IOException {
    this.config = config;
    this.ownsFolder = ownsFolder;
    this.router = Router.start(config);
  }

  public static RunningRouter start() throws IOException {
    return start(UnaryOperator.identity());
  }

  public static RunningRouter start(UnaryOperator<HttpLimits> limits) throws IOException {
    return start(limits.apply(HttpLimits.DEFAULT), ModbusLimits.DEFAULT);
  }

  public static RunningRouter start(Path folder, int mostConnections, HttpLimits limits)
      throws IOException {
    return new RunningRouter(
        config(folder, mostConnections, limits, ModbusLimits.DEFAULT), /* ownsFolder= */ false);
  }

  public static RunningRouter modbus(ModbusLimits limits) throws IOException {
    return start(HttpLimits.DEFAULT, limits);
  }

  /** For tests that are not about deadlines, on machines that are busy. */
  public static RunningRouter patient() throws IOException {
    Duration enough = Duration.ofSeconds(20);
    return modbus(new ModbusLimits(16, enough, enough, enough, Duration.ofMillis(200)));
  }

  private static RunningRouter start(HttpLimits http, ModbusLimits modbus) throws IOException {
    Path folder = Files.createTempDirectory("router");
    return new RunningRouter(config(folder, 256, http, modbus), /* ownsFolder= */ true);
  }

  private static RouterConfig config(
      Path folder, int mostConnections, HttpLimits http, ModbusLimits modbus) {
    return new RouterConfig(
        folder, folder.resolve("router.sock"), 2, mostConnections, "test", http, modbus);
  }

  /** Short where the default is long, so that a test sees it pass. */
  public static HttpLimits hasty(HttpLimits limits) {
    return new HttpLimits(
        limits.lineBytes(),
        limits.headBytes(),
        Duration.ofMillis(600),
        Duration.ofMillis(1_200),
        Duration.ofMillis(800),
        limits.pooledTime(),
        limits.pooledMost());
  }

  public Path socket() {
    return config.socket();
  }

  public Path folder() {
    return config.state();
  }

  public ControlClient control() {
    return ControlClient.open(config.socket());
  }

  /** One command on a connection of its own. */
  public String ask(String line) {
    try (ControlClient control = control()) {
      return control.ask(line);
    }
  }

  /** Hold, flip and release of {@code app}. */
  public void flip(String app, String to) {
    try (ControlClient control = control()) {
      String token = control.hold(app, "5s");
      control.must("flip " + app + " " + to + " " + token);
      control.must("release " + app + " " + token);
    }
  }

  /** An address that nobody listens on. */
  public static String freeAddress() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return "127.0.0.1:" + socket.getLocalPort();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      router.close();
      if (ownsFolder) {
        Folders.delete(config.state());
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
