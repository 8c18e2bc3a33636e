package dev.bumpless.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bumpless.protocol.DeviceId;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * A controller of its own with simulated devices, and a registry of which it gets its images. Long
 * waits show how far they are.
 */
final class Lab implements AutoCloseable {
  static final int HEAP_MEGABYTES = 512;
  private static final Duration LONGEST = Duration.ofMinutes(30);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(3);

  private final PrintStream progress;
  private final List<DeviceId> ids;
  private final Ends ends = new Ends();
  private final StubRegistry registry;
  private final ControllerProcess controller;
  private final SimulatedFleet fleet;

  /**
   * Where everything is.
   *
   * @param programs the folder of {@code bumpless} and {@code bumpless-controller}
   * @param folder for the controller's state, on a disk
   * @param devicesFolder for the devices' state, each of which has a disk of its own in reality
   */
  record Places(Path programs, Path folder, Path devicesFolder) {}

  /** Which devices there are; all of them have the label {@code fleet: simulated}. */
  record Size(int devices, SimulatedFleet.Client client) {}

  private Lab(
      PrintStream progress,
      List<DeviceId> ids,
      StubRegistry registry,
      ControllerProcess controller,
      Places places,
      Size size,
      Fate fate)
      throws IOException {
    this.progress = progress;
    this.ids = ids;
    this.registry = registry;
    this.controller = controller;
    this.fleet =
        new SimulatedFleet(
            new SimulatedFleet.Settings(
                controller.mqttPort(),
                controller.trust(),
                places.devicesFolder(),
                size.client(),
                Map.of("fleet", "simulated")),
            fate,
            ends);
  }

  /** Makes keys and starts the controller; devices are not there before {@link #connect}. */
  static Lab open(Places places, Size size, Fate fate, PrintStream progress)
      throws IOException, InterruptedException {
    List<DeviceId> ids = IntStream.range(0, size.devices()).mapToObj(SimulatedFleet::id).toList();
    Files.createDirectories(places.folder());
    FastVerification.use();
    progress.printf("fleet: making keys and certificates of %d devices%n", ids.size());
    StubRegistry registry = new StubRegistry();
    try {
      ControllerProcess controller =
          ControllerProcess.start(
              places.programs(),
              places.folder(),
              ids.stream().map(DeviceId::value).toList(),
              HEAP_MEGABYTES);
      return new Lab(progress, ids, registry, controller, places, size, fate);
    } catch (IOException | InterruptedException | RuntimeException e) {
      registry.close();
      throw e;
    }
  }

  List<DeviceId> ids() {
    return ids;
  }

  Ends ends() {
    return ends;
  }

  SimulatedFleet fleet() {
    return fleet;
  }

  ControllerProcess controller() {
    return controller;
  }

  void say(String text, Object... values) {
    progress.println("fleet: " + text.formatted(values));
  }

  /** Returns when all are online. */
  void connect() throws IOException, InterruptedException {
    fleet.start(ids);
    await("connected", () -> online(true), ids.size());
  }

  /** How many devices are there, or away. */
  long online(boolean isThere) throws IOException, InterruptedException {
    JsonNode answer = controller.get("/devices");
    JsonNode devices = answer.has("devices") ? answer.path("devices") : answer;
    return StreamSupport.stream(devices.spliterator(), false)
        .filter(device -> device.path("online").asBoolean() == isThere)
        .count();
  }

  /** Something that grows. */
  interface Count {
    long now() throws IOException, InterruptedException;
  }

  void await(String what, Count count, long enough) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    long now = count.now();
    while (now < enough) {
      if (System.nanoTime() - begin > LONGEST.toNanos()) {
        throw new IOException("%d of %d %s after %s".formatted(now, enough, what, LONGEST));
      }
      say("%d of %d %s", now, enough, what);
      Thread.sleep(LOOK_EVERY.toMillis());
      now = count.now();
    }
    say("%d of %d %s", now, enough, what);
  }

  /**
   * Starts a rollout of an app that answers as soon as its container does.
   *
   * @param rollout its manifest, with {@code app: app.yaml}
   * @param app the app's name
   * @param version another one is another release
   */
  RolloutView apply(String rollout, String app, int version)
      throws IOException, InterruptedException {
    return new RolloutView(controller.post("/rollouts", application(rollout, app, version)));
  }

  /** Tells what {@link #apply} would do: how many devices it would take. */
  int preview(String rollout, String app, int version) throws IOException, InterruptedException {
    Map<String, Object> body = application(rollout, app, version);
    body.put("dryRun", true);
    return controller.post("/rollouts", body).path("devices").size();
  }

  private Map<String, Object> application(String rollout, String app, int version) {
    Map<String, Object> body = new HashMap<>();
    body.put("action", "apply");
    body.put("manifest", rollout);
    body.put(
        "appManifest",
        """
        apiVersion: bumpless.dev/v1
        kind: App
        name: %s
        containers: [ { name: web, image: "%s/sim/web:%d", resources: { memory: 64Mi } } ]
        ports: [ { listen: 8000, container: web, target: 8000, protocol: http } ]
        health: [ { container: web, http: /, port: 8000 } ]
        upgrade: { bake: %ds }
        """
            .formatted(app, registry.address(), version, Fate.BAKE.toSeconds()));
    return body;
  }

  RolloutView look(RolloutView begun) throws IOException, InterruptedException {
    return new RolloutView(controller.get("/rollouts/" + begun.id()));
  }

  /** The controller's word for the end of all devices. */
  RolloutView awaitDone(RolloutView begun) throws IOException, InterruptedException {
    return awaitThat(begun, RolloutView::isDone);
  }

  RolloutView awaitThat(RolloutView begun, Predicate<RolloutView> isSo)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    RolloutView seen = look(begun);
    while (!isSo.test(seen)) {
      if (System.nanoTime() - begin > LONGEST.toNanos()) {
        throw new IOException("the rollout is " + seen.state() + " after " + LONGEST);
      }
      Thread.sleep(2_000);
      seen = look(begun);
    }
    return seen;
  }

  @Override
  public void close() {
    fleet.close();
    controller.close();
    registry.close();
  }
}
