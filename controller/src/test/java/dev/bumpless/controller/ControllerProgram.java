package dev.bumpless.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.controller.enrol.Init;
import dev.bumpless.controller.link.SimulatedDevice;
import dev.bumpless.controller.registry.FakeRegistryServer;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.ManifestText;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.transport.PahoTransport;
import dev.bumpless.transport.Tls;
import dev.bumpless.transport.TransportException;
import dev.bumpless.trust.Root;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The program itself, with its own broker and store, in a process that a test may kill. */
final class ControllerProgram implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final MessageCodec codec = new MessageCodec(new ManifestText());
  private final FakeRegistryServer registry = new FakeRegistryServer();
  private final int brokerPort = freePort();
  private final Rest rest;
  private Process process;

  /** Starts it, with keys for these devices. */
  ControllerProgram(Path folder, List<DeviceId> devices) throws Exception {
    this.folder = folder;
    Init.run(folder.resolve("trust"), devices, List.of(), Instant.now());
    int httpPort = freePort();
    Files.writeString(
        folder.resolve("controller.yaml"),
        """
        state: %s
        trust: %s
        http: 127.0.0.1:%d
        broker: { embedded: { address: 127.0.0.1, port: %d } }
        """
            .formatted(folder.resolve("state"), folder.resolve("trust"), httpPort, brokerPort));
    rest = new Rest(httpPort, Files.readString(folder.resolve("trust/controller/token")).strip());
    start();
  }

  Rest rest() {
    return rest;
  }

  Process process() {
    return process;
  }

  void configure(String more) throws IOException {
    Files.writeString(folder.resolve("controller.yaml"), more, StandardOpenOption.APPEND);
  }

  String log(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  /** Returns when it answers. */
  void start() throws IOException {
    process = launch("controller.log");
    await().atMost(PATIENCE).until(this::answers);
  }

  /** As a power cut would. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  Process launch(String log) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Main.class.getName(),
            "--config",
            folder.resolve("controller.yaml").toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve(log).toFile()))
        .start();
  }

  private boolean answers() {
    assertThat(process.isAlive()).isTrue();
    try {
      return rest.get("/api/v1/devices").status() == 200;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** A device that is not connected yet. */
  SimulatedDevice device(DeviceId id) throws Exception {
    Path store = folder.resolve("trust/devices").resolve(id.value()).resolve("device.p12");
    PahoTransport.Config config =
        new PahoTransport.Config(
            "ssl://127.0.0.1:" + brokerPort,
            id.value(),
            Tls.context(store, store.resolveSibling("p12.password")),
            PahoTransport.Config.TIMEOUT,
            PahoTransport.Config.KEEP_ALIVE);
    Root root = codec.decode(Files.readAllBytes(folder.resolve("trust/root.json")), Root.class);
    return new SimulatedDevice(id, new PahoTransport(config), codec, root);
  }

  static void connect(SimulatedDevice device) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(TransportException.class)
        .untilAsserted(device::connect);
  }

  String app(int port) {
    return SomeApps.yaml(registry.image("pump", "1.0"), port);
  }

  @Override
  public void close() {
    registry.close();
    process.destroyForcibly();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
