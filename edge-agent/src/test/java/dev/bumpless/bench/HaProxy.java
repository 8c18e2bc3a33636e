package dev.bumpless.bench;

import dev.bumpless.rig.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** HAProxy with its defaults in front of the same backend: one port in each mode. */
final class HaProxy implements AutoCloseable {
  private final Process process;

  private HaProxy(Process process) {
    this.process = process;
  }

  static HaProxy start(Path folder, int httpPort, int tcpPort, int backendPort) throws IOException {
    Path config = folder.resolve("haproxy.cfg");
    Files.writeString(
        config,
        """
        defaults
          timeout connect 2s
          timeout client 60s
          timeout server 60s
        frontend http
          mode http
          bind 127.0.0.1:%d
          option forwardfor
          default_backend http
        backend http
          mode http
          server app 127.0.0.1:%d
        frontend tcp
          mode tcp
          bind 127.0.0.1:%d
          default_backend tcp
        backend tcp
          mode tcp
          server app 127.0.0.1:%d
        """
            .formatted(httpPort, backendPort, tcpPort, backendPort));
    Process process =
        new ProcessBuilder("haproxy", "-db", "-f", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("haproxy.log").toFile())
            .start();
    return new HaProxy(process);
  }

  static String version() throws IOException, InterruptedException {
    return Command.run("haproxy", "-v").lines().findFirst().orElse("HAProxy");
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
