package dev.bumpless.agent.docker;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A second Docker engine, which a test may starve and kill: own socket, own data, no firewall
 * rules. Needs root, as the first one does. Its bridge is made by the first engine, because an
 * engine without one takes {@code docker0} away from the host.
 */
final class PrivateEngine implements AutoCloseable {
  private final Path folder;
  private final Path disk;
  private final String bridge;
  private Process process;

  private PrivateEngine(Path folder, Path disk, String bridge) {
    this.folder = folder;
    this.disk = disk;
    this.bridge = bridge;
  }

  /** On a disk of so many MiB in memory. */
  static PrivateEngine startOnDiskOf(Path folder, int mebibytes) throws IOException {
    Path disk = Files.createDirectories(folder.resolve("data"));
    run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", disk.toString());
    int random = ThreadLocalRandom.current().nextInt(1 << 12);
    String bridge = "bptest" + random;
    run(
        "docker",
        "network",
        "create",
        "--opt=com.docker.network.bridge.name=" + bridge,
        "--subnet=10.%d.%d.0/28".formatted(176 + (random >> 8), random & 255),
        bridge);
    PrivateEngine engine = new PrivateEngine(folder, disk, bridge);
    engine.up();
    return engine;
  }

  URI socket() {
    return URI.create("unix://" + folder.resolve("engine.sock"));
  }

  /** Also after {@link #kill}, whose leftovers an engine takes for a living one. */
  void up() throws IOException {
    Files.deleteIfExists(folder.resolve("pid"));
    Files.deleteIfExists(folder.resolve("exec/containerd/containerd.pid"));
    List<String> command = new ArrayList<>(List.of("dockerd", "--bridge", bridge));
    command.addAll(List.of("--iptables=false", "--ip-forward=false", "--ip-masq=false"));
    command.addAll(List.of("--host", socket().toString()));
    command.addAll(List.of("--data-root", disk.toString()));
    command.addAll(List.of("--exec-root", folder.resolve("exec").toString()));
    command.addAll(List.of("--pidfile", folder.resolve("pid").toString()));
    command.addAll(List.of("--containerd-namespace", "bumpless-test"));
    command.addAll(List.of("--containerd-plugins-namespace", "bumpless-test-plugins"));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("engine.log").toFile()))
            .start();
    try (DockerConnection connection = new DockerConnection(socket())) {
      Awaitility.await("private engine, see " + folder.resolve("engine.log"))
          .atMost(60, TimeUnit.SECONDS)
          .ignoreExceptions()
          .until(() -> connection.call("asking", client -> client.infoCmd().exec()) != null);
    }
  }

  /** As a crash: nothing is said to anybody. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    process.onExit().completeOnTimeout(process, 30, TimeUnit.SECONDS).join();
    kill();
    run("umount", "--lazy", disk.toString());
    run("docker", "network", "rm", bridge);
  }

  private static void run(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(String.join(" ", command) + " failed");
    }
  }
}
