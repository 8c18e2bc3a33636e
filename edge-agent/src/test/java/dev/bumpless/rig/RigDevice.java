package dev.bumpless.rig;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerResponse;
import dev.bumpless.agent.docker.DockerEngine;
import dev.bumpless.agent.docker.EngineSpace;
import dev.bumpless.agent.docker.LoopbackRegistry;
import dev.bumpless.agent.docker.TinyImage;
import dev.bumpless.agent.swap.Desired;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.ObservedContainer;
import dev.bumpless.ledger.Options;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.manifest.ProbePolicy;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Phase;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * A device on this machine: the engine, a registry, a router process and an agent process that can
 * be killed, and one app, {@link TestApp}, that is swapped. Everything is gone when it is closed.
 */
public final class RigDevice implements AutoCloseable {
  public static final AppName APP = new AppName("swapped");
  private static final Duration SETTLE_WITHIN = Duration.ofSeconds(60);

  private final Path folder;
  private final EngineSpace space;
  private final LoopbackRegistry registry;
  private final RouterProcess router;
  private final OrderFolder orders;
  private final ReportFile reportFile;
  private final List<AppReport> reports = new ArrayList<>();
  private final List<ImageRef> images = new ArrayList<>();
  private final int httpPort = Ports.free();
  private final int tcpPort = Ports.free();
  private JavaProcess agent;
  private Desired newest;
  private long sequence;

  private RigDevice(Path folder, List<TinyImage> made) throws IOException {
    this.folder = folder;
    this.orders = new OrderFolder(folder.resolve("orders"));
    this.reportFile = new ReportFile(folder.resolve("reports"));
    registry = LoopbackRegistry.start(folder.resolve("registry"));
    for (TinyImage image : made) {
      images.add(registry.push("testapp", "image-" + images.size(), image));
    }
    space = EngineSpace.open(Files.createDirectories(folder.resolve("state")));
    space.forget(registry);
    router = RouterProcess.start(folder);
    agent = launchAgent();
  }

  /** With a router and an agent that run, and no app yet. */
  public static RigDevice start(Path folder) throws IOException, InterruptedException {
    return new RigDevice(folder, testApps(folder, "even", "odd"));
  }

  /** As {@link #start}, for apps of these images: see {@link #image} and {@link #port}. */
  public static RigDevice of(Path folder, List<TinyImage> images) throws IOException {
    return new RigDevice(folder, images);
  }

  private static List<TinyImage> testApps(Path folder, String... marks)
      throws IOException, InterruptedException {
    byte[] program = Files.readAllBytes(TestApp.compile(folder));
    List<TinyImage> images = new ArrayList<>();
    for (String mark : marks) {
      images.add(TinyImage.ofProgram(program, mark));
    }
    return images;
  }

  /** The {@code index}th of the images, in the device's registry. */
  public ImageRef image(int index) {
    return images.get(index);
  }

  /** That one route of the app may have. */
  public int port() {
    return httpPort;
  }

  /** As {@link #start}, with so many images that each swap has to pull one and collects another. */
  public static RigDevice pulling(Path folder) throws IOException, InterruptedException {
    return new RigDevice(folder, testApps(folder, "first", "second", "third"));
  }

  /** A volume that both slots of the app share, with so much room, such as {@code 1m}. */
  void makeSmallVolume(String name, String size) throws EngineException {
    space.makeSmallVolume(APP, name, size);
  }

  private JavaProcess launchAgent() throws IOException {
    return JavaProcess.agent(
        folder.resolve("agent.log"),
        LooseAgent.class.getName(),
        folder.toString(),
        space.settings().space(),
        space.settings().subnet().toString());
  }

  /** Where clients go, with the shapes still to be named. */
  public Options load() {
    return Options.on(Ports.address(httpPort)).withTcp(Ports.address(tcpPort));
  }

  /** A manifest with times for a test: healthy after 2 probes of 100 ms, drain and bake of 1 s. */
  public App app(String version, String mode) {
    Duration second = Duration.ofSeconds(1);
    return app(
        nextImage(),
        Map.of("VERSION", version, "MODE", mode),
        new ProbePolicy(Duration.ofMillis(100), second, 2, Duration.ofSeconds(5)),
        second,
        second);
  }

  /**
   * One that waits for nothing but its first healthy probe: what is left is the agent's own. Its
   * drain of 1.5 s lets a slow body of the ledger end.
   */
  public App quickApp(String version) {
    return app(
        nextImage(),
        Map.of("VERSION", version),
        new ProbePolicy(Duration.ofMillis(20), Duration.ofSeconds(1), 1, Duration.ofSeconds(5)),
        Duration.ofMillis(1500),
        Duration.ofMillis(500));
  }

  private ImageRef nextImage() {
    return imageOf(sequence);
  }

  private ImageRef imageOf(long order) {
    return images.get((int) (order % images.size()));
  }

  /**
   * How long the engine takes without us: create, start, first healthy answer. Of the image that
   * serves, for the engine has no other yet.
   */
  public Duration bareStart() throws IOException, EngineException {
    DockerClient docker = space.client();
    String image = imageOf(sequence - 1).pullName();
    long began = System.nanoTime();
    CreateContainerResponse created =
        docker
            .createContainerCmd(image)
            .withLabels(Map.of("dev.bumpless.space", space.settings().space()))
            .exec();
    docker.startContainerCmd(created.getId()).exec();
    String address =
        docker
            .inspectContainerCmd(created.getId())
            .exec()
            .getNetworkSettings()
            .getNetworks()
            .get("bridge")
            .getIpAddress();
    await("a bare container's first answer")
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> HttpAsk.isOk(address, TestApp.PORT, "/health"));
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    docker.removeContainerCmd(created.getId()).withForce(true).exec();
    return took;
  }

  /** That app from an image that no registry has. */
  public App missing(String version) {
    App there = app(version, "ok");
    Container container = there.containers().get(0);
    ImageRef nowhere = container.image().withDigest("sha256:" + "0".repeat(64));
    return there.withContainers(List.of(container.withImage(nowhere)));
  }

  private App app(
      ImageRef image, Map<String, String> env, ProbePolicy probe, Duration drain, Duration bake) {
    return Manifests.app(image, env, httpPort, tcpPort, probe, drain, bake);
  }

  /** Orders a new release of the app; returns at once with the order's number. */
  public UUID order(App app) throws IOException {
    sequence++;
    newest = Manifests.order(app, sequence);
    orders.put(newest);
    return newest.order().id();
  }

  /** Says the newest order again, and now it waits for nobody. */
  void force() throws IOException {
    sequence++;
    newest = Manifests.forced(newest, sequence);
    orders.put(newest);
  }

  /** Orders it and waits for how that ends. */
  public AppReport swap(App app) throws IOException {
    return awaitEnd(order(app));
  }

  /** Whether a final phase of it was reported. */
  boolean hasEnded(UUID order) throws IOException {
    reports.addAll(reportFile.read(reports.size()));
    return reports.stream().anyMatch(r -> r.order().equals(order) && r.phase().isFinal());
  }

  public AppReport awaitEnd(UUID order) {
    return awaitReport(order, report -> report.phase().isFinal());
  }

  public AppReport awaitPhase(UUID order, Phase phase) {
    return awaitReport(order, r -> r.phase() == phase || r.phase().isFinal());
  }

  private AppReport awaitReport(UUID order, Predicate<AppReport> wanted) {
    return await("the end of order " + order + "; see " + folder)
        .atMost(SETTLE_WITHIN)
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              reports.addAll(reportFile.read(reports.size()));
              return reports.stream()
                  .filter(r -> r.order().equals(order))
                  .filter(wanted)
                  .findFirst();
            },
            Optional::isPresent)
        .orElseThrow();
  }

  /** Says something at the door of the device's leases; what is answered. */
  String atLeaseDoor(String line) throws IOException {
    Path socket = folder.resolve("state").resolve("lease.sock");
    try (SocketChannel door = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      door.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
      return new String(Channels.newInputStream(door).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The app, with its door to ask for leases mounted, as a user that has no rights. */
  App leasing(String version) {
    App plain = app(version, "ok");
    Container web = plain.containers().get(0);
    String door = folder.resolve("state/lease").resolve(APP.value()).toAbsolutePath().toString();
    Container mounting =
        new Container(
            web.name(),
            web.image(),
            web.entrypoint(),
            web.command(),
            web.workingDir(),
            web.env(),
            List.of(new Container.Volume(door, "/run/bumpless", true)),
            web.devices(),
            web.resources(),
            new Container.Security(
                true, Set.of(), Set.of(), Optional.of("65534:65534"), false, false),
            web.dependsOn());
    return Manifests.waiving(plain.withContainers(List.of(mounting)), "host-path");
  }

  /** What the app in its container hears when it says that at its door. */
  String inContainer(String line) throws IOException {
    return HttpAsk.post("127.0.0.1", httpPort, "/lease", line);
  }

  /** Until an agent answers there. */
  void awaitLeaseDoor() {
    await("the agent at the door of leases")
        .atMost(SETTLE_WITHIN)
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> atLeaseDoor("show").endsWith("ok\n"));
  }

  /** SIGKILL. */
  public void killAgent() {
    agent.kill();
  }

  public boolean isAgentAlive() {
    return agent.isAlive();
  }

  public void startAgent() throws IOException {
    agent = launchAgent();
  }

  public RouterProcess router() {
    return router;
  }

  public long agentPid() {
    return agent.pid();
  }

  public Path folder() {
    return folder;
  }

  /** How many containers of this device the engine knows, in any state. */
  public int containers() throws EngineException {
    return space
        .client()
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(Map.of("dev.bumpless.space", space.settings().space()))
        .exec()
        .size();
  }

  /** What the engine has of this device. */
  List<ObservedContainer> observed() throws EngineException {
    return new DockerEngine(space.connection(), space.settings()).list();
  }

  /** How often the router has held the app so far. */
  long holds() throws IOException {
    try (ControlLine control = router.control()) {
      String told =
          control.askAll("show stats").stream()
              .filter(line -> line.startsWith("app " + APP + " "))
              .findFirst()
              .orElseThrow();
      return Long.parseLong(ControlLine.value(told, "holds"));
    }
  }

  /** How many networks of this device the engine knows. */
  int networks() throws EngineException {
    String label = "dev.bumpless.space=" + space.settings().space();
    return space.client().listNetworksCmd().withFilter("label", List.of(label)).exec().size();
  }

  /** Until so many are left. */
  public void awaitContainers(int count) {
    await("containers left over of " + space.settings().space())
        .atMost(SETTLE_WITHIN)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> containers() == count);
  }

  /** What a client gets that asks through the router now. */
  public String ask() throws IOException {
    return HttpAsk.body("127.0.0.1", httpPort, "/n/asked");
  }

  /** Until that is the version that answers through the router. */
  public void awaitVersion(String version) {
    await("version " + version)
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> ask().contains("\"version\":\"" + version + "\""));
  }

  /** Lets time go by with nothing to wait for. */
  public void pass(int millis) throws InterruptedException {
    Thread.sleep(millis);
  }

  @Override
  public void close() throws EngineException {
    agent.close();
    router.close();
    space.close();
    registry.close();
  }
}
