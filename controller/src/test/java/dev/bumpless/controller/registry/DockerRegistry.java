package dev.bumpless.controller.registry;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/**
 * Debian's docker-registry on a free port of loopback, for user {@code op}, password {@code
 * secret}.
 */
final class DockerRegistry implements AutoCloseable {
  private final Process process;
  private final int port;

  private DockerRegistry(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static DockerRegistry start(Path folder) throws IOException {
    int port = freePort();
    byte[] salt = new byte[16];
    new SecureRandom().nextBytes(salt);
    Path passwords = folder.resolve("htpasswd");
    Files.writeString(
        passwords, "op:" + OpenBSDBCrypt.generate("2y", "secret".toCharArray(), salt, 5) + "\n");
    Path config = folder.resolve("registry.yml");
    Files.writeString(
        config,
        """
        version: 0.1
        log: { level: error }
        storage:
          filesystem: { rootdirectory: "%s" }
        http: { addr: "127.0.0.1:%d" }
        auth:
          htpasswd: { realm: plant, path: "%s" }
        """
            .formatted(folder.resolve("images"), port, passwords));
    Process process =
        new ProcessBuilder("docker-registry", "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("registry.log").toFile())
            .start();
    await().atMost(Duration.ofSeconds(20)).until(() -> listens(port));
    return new DockerRegistry(process, port);
  }

  String host() {
    return "127.0.0.1:" + port;
  }

  /** Runs docker with its own configuration folder; returns what it says. */
  static String docker(Path config, String... arguments) throws Exception {
    String[] command = new String[arguments.length + 3];
    command[0] = "docker";
    command[1] = "--config";
    command[2] = config.toString();
    System.arraycopy(arguments, 0, command, 3, arguments.length);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
    return output.strip();
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
