package dev.bumpless.system;

import static org.awaitility.Awaitility.await;

import dev.bumpless.agent.docker.EngineSpace;
import dev.bumpless.agent.docker.LoopbackRegistry;
import dev.bumpless.agent.docker.TinyImage;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.ledger.Ledger;
import dev.bumpless.ledger.Options;
import dev.bumpless.ledger.Shape;
import dev.bumpless.rig.Command;
import dev.bumpless.rig.HttpAsk;
import dev.bumpless.rig.Ports;
import dev.bumpless.rig.TestApp;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Controller, router and agent of one device, {@code dev-1}, out of the tarball, and a registry
 * with {@link TestApp}. Ports are free ones of loopback; everything is gone when it is closed.
 */
final class WholeSystem implements AutoCloseable {
  static final String DEVICE = "dev-1";
  private static final Duration READY = Duration.ofSeconds(60);
  private static final double RATE = 20;

  final Path folder;
  final LoopbackRegistry registry;
  final int appPort = Ports.free();
  final int mqttPort = Ports.free();
  final Program controller;
  final Program agent;
  private final Path home;
  private final Program router;
  private final EngineSpace space;
  private final int httpPort = Ports.free();

  private WholeSystem(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    this.home = unpack(folder.resolve("home"));
    registry = LoopbackRegistry.start(folder.resolve("registry"));
    space = EngineSpace.open(Files.createDirectories(folder.resolve("agent")));
    space.forget(registry);
    Command.run(bin("bumpless").toString(), "init", trust().toString(), "--devices", DEVICE);
    configure();
    controller =
        Program.start(
            log("controller"), bin("bumpless-controller"), "--config", file("controller"));
    router =
        Program.start(
            log("router"),
            bin("bumpless-router"),
            "--state",
            Files.createDirectories(folder.resolve("router")).toString(),
            "--socket",
            folder.resolve("r.sock").toString());
    agent = Program.start(log("agent"), bin("bumpless-agent"), "--config", file("agent"));
  }

  /** Returns when the device is online. */
  static WholeSystem start(Path folder) throws IOException, InterruptedException {
    WholeSystem system = new WholeSystem(folder);
    system.awaitOnline();
    return system;
  }

  /** Unpacks what was built there; returns the folder. */
  static Path unpack(Path home) throws IOException, InterruptedException {
    Files.createDirectories(home);
    Command.run("tar", "-xzf", tarball().toString(), "-C", home.toString(), "--strip-components=1");
    return home;
  }

  private static Path tarball() throws IOException {
    Path target = Path.of("target").toAbsolutePath();
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.toString().endsWith(".tar.gz"))
          .max(Comparator.comparing(Path::toString))
          .orElseThrow(() -> new IOException("no tarball in " + target + "; run mvn package"));
    }
  }

  private void configure() throws IOException {
    Files.writeString(
        folder.resolve("controller.yaml"),
        """
        state: %s
        trust: %s
        http: 127.0.0.1:%d
        broker: { embedded: { address: 127.0.0.1, port: %d } }
        """
            .formatted(folder.resolve("controller"), trust(), httpPort, mqttPort));
    Files.writeString(
        folder.resolve("agent.yaml"),
        """
        device: %s
        broker: ssl://127.0.0.1:%d
        trust: %s
        state: %s
        router: %s
        space: %s
        subnet: %s
        listenAddress: 127.0.0.1
        labels: { site: lab }
        """
            .formatted(
                DEVICE,
                mqttPort,
                trust().resolve("devices").resolve(DEVICE),
                folder.resolve("agent"),
                folder.resolve("r.sock"),
                space.settings().space(),
                space.settings().subnet()));
  }

  void awaitOnline() {
    await("the device is online")
        .atMost(READY)
        .until(() -> cli("get", "devices").out().contains(" online "));
  }

  Path trust() {
    return folder.resolve("trust");
  }

  private Path bin(String program) {
    return home.resolve("bin").resolve(program);
  }

  private Path log(String program) {
    return folder.resolve(program + ".log");
  }

  private String file(String program) {
    return folder.resolve(program + ".yaml").toString();
  }

  /** What a call of {@code bumpless} came to. */
  record Result(int exitCode, String out, String err) {}

  Result cli(String... args) {
    return start(args).join();
  }

  /** The call goes on while the test does something else. */
  CompletableFuture<Result> start(String... args) {
    return run("bumpless", args);
  }

  /** Any program of the tarball, to its end. */
  CompletableFuture<Result> run(String program, String... args) {
    List<String> command = new ArrayList<>(List.of(bin(program).toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("BUMPLESS_URL", "http://127.0.0.1:" + httpPort);
    try {
      builder
          .environment()
          .put("BUMPLESS_TOKEN", Files.readString(trust().resolve("controller/token")).strip());
      Process process = builder.start();
      process.getOutputStream().close();
      CompletableFuture<String> err =
          CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
      return CompletableFuture.supplyAsync(() -> text(process.getInputStream()))
          .thenApply(out -> new Result(process.onExit().join().exitValue(), out, err.join()));
    } catch (IOException e) {
      throw new AssertionError(program + " could not be started", e);
    }
  }

  private static String text(InputStream in) {
    try (in) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Pushes the app under a tag, and tells its digest; {@code mark} makes images differ. */
  String push(String tag, String mark) throws IOException, InterruptedException {
    return registry.push("app", tag, image(mark)).digest().orElseThrow();
  }

  TinyImage image(String mark) throws IOException, InterruptedException {
    return TinyImage.ofProgram(Files.readAllBytes(TestApp.compile(folder)), mark);
  }

  /** As the engine tells it of the containers of this system that run. */
  String imageThatServes() throws IOException, InterruptedException {
    String label = "label=" + label();
    return Command.run("docker", "ps", "--no-trunc", "--filter", label, "--format", "{{.Image}}");
  }

  /** Containers of this system that are made from now on. */
  Creations creations() throws IOException {
    return Creations.of(label(), folder);
  }

  /** What all containers of this system have. */
  private String label() {
    return "dev.bumpless.space=" + space.settings().space();
  }

  /** A manifest on disk; what is not said is as short as it may be. */
  Path manifest(String tag, String mode, String... replacements) throws IOException {
    String text =
        """
        apiVersion: bumpless.dev/v1
        kind: App
        name: web
        containers:
          - name: web
            image: %s/app:%s
            env: { MODE: "%s", VERSION: "%s-%s" }
            resources: { memory: 32Mi }
        ports:
          - { listen: %d, container: web, target: 8080, protocol: http }
        health:
          - { container: web, http: /, port: 8080 }
        probe: { interval: 100ms, timeout: 1s, healthyAfter: 2, startWithin: 3s }
        upgrade: { bake: 2s, drain: 1s }
        """
            .formatted(registry.host(), tag, mode, tag, mode, appPort);
    for (int i = 0; i < replacements.length; i += 2) {
      text = text.replace(replacements[i], replacements[i + 1]);
    }
    return Files.writeString(Files.createTempFile(folder, "app", ".yaml"), text);
  }

  /** Clients of the app that only ask, each answer counted, until the ledger is closed. */
  Ledger load() {
    return Ledger.start(
        Options.on(Ports.address(appPort))
            .with(Shape.NEW, RATE)
            .with(Shape.KEEPALIVE, RATE)
            .with(Shape.PIPELINED, RATE));
  }

  /** What a client of the app gets. */
  String answer() throws IOException {
    return HttpAsk.body("127.0.0.1", appPort, "/");
  }

  @Override
  public void close() throws IOException, EngineException {
    agent.close();
    router.close();
    controller.close();
    space.close();
    registry.close();
  }
}
