package dev.bumpless.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.ReleaseId;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * What a fleet costs its controller: connecting, idling, a rollout to everybody at once, one that
 * has to stop by itself, and one of which many hear nothing.
 */
final class FleetBench {
  static final int HEAP_MEGABYTES = 512;
  private static final Duration LONGEST = Duration.ofMinutes(15);
  private static final Duration SETTLING = Duration.ofSeconds(70);
  private static final double FAILING = 0.05;
  private static final double OFFLINE = 0.3;
  private static final int CANARIES = 10; // percent

  private final Options options;
  private final PrintStream progress;
  private final Figures figures;
  private final Fate fate;
  private final Ends ends = new Ends();
  private final List<DeviceId> ids;

  /**
   * What is asked for.
   *
   * @param programs the folder of {@code bumpless} and {@code bumpless-controller}
   * @param folder for the controller's state, on a disk
   * @param devicesFolder for the devices' state, each of which has a disk of its own in reality
   * @param longestStart of a container, from start to healthy
   * @param idle how long idle devices are watched; zero: not at all
   */
  record Options(
      Path programs,
      Path folder,
      Path devicesFolder,
      int devices,
      long seed,
      SimulatedFleet.Client client,
      Duration longestStart,
      Duration idle) {}

  FleetBench(Options options, PrintStream progress) {
    this.options = options;
    this.progress = progress;
    this.figures = new Figures(progress);
    this.fate = new Fate(options.seed(), options.longestStart());
    this.ids = IntStream.range(0, options.devices()).mapToObj(SimulatedFleet::id).toList();
  }

  /** The figures; what is missed is said there. */
  Figures run() throws IOException, InterruptedException {
    Files.createDirectories(options.folder());
    say("making keys and certificates of %d devices", ids.size());
    try (StubRegistry registry = new StubRegistry();
        ControllerProcess controller =
            ControllerProcess.start(
                options.programs(),
                options.folder(),
                ids.stream().map(DeviceId::value).toList(),
                HEAP_MEGABYTES);
        SimulatedFleet fleet = fleet(controller)) {
      Bench bench = new Bench(registry, controller, fleet);
      bench.connect();
      bench.idle();
      bench.everybodyAtOnce();
      bench.stopsAtItsThreshold();
      bench.manyAreOffline();
      bench.end();
    }
    return figures;
  }

  private SimulatedFleet fleet(ControllerProcess controller) throws IOException {
    return new SimulatedFleet(
        new SimulatedFleet.Settings(
            controller.mqttPort(),
            controller.trust(),
            options.devicesFolder(),
            options.client(),
            Map.of("fleet", "bench")),
        fate,
        ends);
  }

  private void say(String text, Object... values) {
    progress.println("fleet: " + text.formatted(values));
  }

  /** A rollout as the controller tells it. */
  private record Seen(JsonNode json) {
    UUID id() {
      return UUID.fromString(json.path("id").asText());
    }

    boolean isDone() {
      return json.path("done").asBoolean();
    }

    String state() {
      return json.path("course").path("state").asText();
    }

    long count(Predicate<JsonNode> which) {
      return StreamSupport.stream(json.path("devices").spliterator(), false).filter(which).count();
    }

    long in(Phase phase) {
      return count(device -> device.path("phase").asText().equals(phase.name()));
    }

    /** From the rollout to the last word that the controller noted of it. */
    Duration took() {
      Instant last =
          StreamSupport.stream(json.path("devices").spliterator(), false)
              .map(device -> Instant.parse(device.path("updatedAt").asText()))
              .max(Instant::compareTo)
              .orElse(Instant.EPOCH);
      return Duration.between(Instant.parse(json.path("createdAt").asText()), last);
    }
  }

  private final class Bench {
    private final StubRegistry registry;
    private final ControllerProcess controller;
    private final SimulatedFleet fleet;

    Bench(StubRegistry registry, ControllerProcess controller, SimulatedFleet fleet) {
      this.registry = registry;
      this.controller = controller;
      this.fleet = fleet;
    }

    void connect() throws IOException, InterruptedException {
      Duration cpu = controller.cpu();
      long begin = System.nanoTime();
      fleet.start(ids);
      await(
          "connected", () -> count(controller.get("/devices"), d -> d.path("online").asBoolean()));
      figures.tell("all connected, seconds", seconds(sinceNanos(begin)));
      figures.tell("CPU of the controller a device to connect, ms", each(cpu, ids.size()));
    }

    private long count(JsonNode devices, Predicate<JsonNode> which) {
      JsonNode list = devices.has("devices") ? devices.path("devices") : devices;
      return StreamSupport.stream(list.spliterator(), false).filter(which).count();
    }

    private interface Count {
      long now() throws IOException, InterruptedException;
    }

    private void await(String what, Count count) throws IOException, InterruptedException {
      await(what, count, ids.size());
    }

    /** Shows how far it is every few seconds. */
    private void await(String what, Count count, long enough)
        throws IOException, InterruptedException {
      long begin = System.nanoTime();
      long now = count.now();
      while (now < enough) {
        if (sinceNanos(begin).compareTo(LONGEST) > 0) {
          throw new IOException(
              "%d of %d %s after %s".formatted(now, enough, what, sinceNanos(begin)));
        }
        say("%d of %d %s", now, enough, what);
        Thread.sleep(3_000);
        now = count.now();
      }
      say("%d of %d %s", now, enough, what);
    }

    void idle() throws IOException, InterruptedException {
      if (options.idle().isZero()) {
        return;
      }
      say("settling for %s, then idle for %s", SETTLING, options.idle());
      Thread.sleep(SETTLING.toMillis());
      Duration cpu = controller.cpu();
      Thread.sleep(options.idle().toMillis());
      double share = 100.0 * controller.cpu().minus(cpu).toMillis() / options.idle().toMillis();
      figures.bound("idle, CPU of the controller, % of a core", share, 5);
    }

    void everybodyAtOnce() throws IOException, InterruptedException {
      Duration cpu = controller.cpu();
      Seen begun = apply("all", "waves: [ { percent: 100 } ]", 1);
      await("at their end", () -> ends.of(begun.id()));
      Duration used = controller.cpu().minus(cpu);
      Seen seen = awaitDone(begun);
      figures.bound("order to last report, seconds", seconds(seen.took()), 60);
      figures.bound("CPU of the controller a device, ms", (double) used.toMillis() / ids.size(), 4);
      figures.same("committed", seen.in(Phase.COMMITTED), ids.size());
    }

    /** The controller's word for it, a little after the devices' own. */
    private Seen awaitDone(Seen begun) throws IOException, InterruptedException {
      long begin = System.nanoTime();
      Seen seen = look(begun);
      while (!seen.isDone() && sinceNanos(begin).compareTo(LONGEST) < 0) {
        Thread.sleep(2_000);
        seen = look(begun);
      }
      return seen;
    }

    private Seen look(Seen begun) throws IOException, InterruptedException {
      return new Seen(controller.get("/rollouts/" + begun.id()));
    }

    private Seen apply(String name, String rest, int version)
        throws IOException, InterruptedException {
      String app =
          """
          apiVersion: bumpless.dev/v1
          kind: App
          name: bench
          containers: [ { name: web, image: "%s/sim/web:%d", resources: { memory: 64Mi } } ]
          ports: [ { listen: 8000, container: web, target: 8000, protocol: http } ]
          health: [ { container: web, http: /, port: 8000 } ]
          upgrade: { bake: 1s }
          """
              .formatted(registry.address(), version);
      String rollout =
          """
          apiVersion: bumpless.dev/v1
          kind: Rollout
          name: %s
          app: bench.yaml
          target: { fleet: bench }
          %s
          """
              .formatted(name, rest);
      Map<String, String> body = new HashMap<>();
      body.put("action", "apply");
      body.put("manifest", rollout);
      body.put("appManifest", app);
      say("rollout %s", name);
      return new Seen(controller.post("/rollouts", body));
    }

    /** Every twentieth fails: the wave comes to its end, the next one never begins. */
    void stopsAtItsThreshold() throws IOException, InterruptedException {
      fate.failOn(new ReleaseId(new AppName("bench"), 2), FAILING);
      Seen begun =
          apply(
              "failing",
              "waves: [ { percent: "
                  + CANARIES
                  + " }, { percent: 100 } ]\nlimits: { failures: 1% }",
              2);
      long begin = System.nanoTime();
      Seen seen = look(begun);
      while (seen.state().equals("RUNNING") && sinceNanos(begin).compareTo(LONGEST) < 0) {
        Thread.sleep(2_000);
        seen = look(begun);
      }
      Thread.sleep(10_000); // what was wrongly sent would have come to something by now
      seen = look(begun);
      say("it stopped: %s", seen.json().path("course"));
      long wave = seen.count(d -> d.path("wave").asInt() == 1);
      figures.same("with 5 % failing it pauses", seen.state().equals("PAUSED") ? 1 : 0, 1);
      figures.same(
          "devices that got an order, of a wave of that size", ends.touched(begun.id()), wave);
      figures.tell("failed in the wave before it stopped", seen.in(Phase.ROLLED_BACK));
      controller.post("/rollouts/" + begun.id() + "/abort", Map.of());
      awaitDone(begun);
    }

    /** Three of ten are away: the deadline ends it, and each has the reason. */
    void manyAreOffline() throws IOException, InterruptedException {
      List<DeviceId> away = ids.subList(0, (int) (ids.size() * OFFLINE));
      fleet.stop(away);
      await(
          "offline",
          () -> count(controller.get("/devices"), d -> !d.path("online").asBoolean()),
          away.size());
      Seen begun =
          apply(
              "offline",
              "waves: [ { percent: 100 } ]\nlimits: { failures: 100% }\ndeadline: 2m",
              3);
      await("at their end", () -> ends.of(begun.id()), ids.size() - away.size());
      Seen seen = awaitDone(begun);
      figures.same(
          "with 30 % offline, committed", seen.in(Phase.COMMITTED), ids.size() - away.size());
      figures.same("expired at the deadline", seen.in(Phase.EXPIRED), away.size());
      figures.same(
          "of them with the reason",
          seen.count(d -> d.path("message").asText().contains("it never answered")),
          away.size());
    }

    void end() throws IOException {
      figures.tell("heap of the controller at most, MB (-Xmx)", HEAP_MEGABYTES);
      figures.tell(
          "memory of the controller at its peak, MB (resident)", controller.peakMegabytes());
      List<String> complaints = new ArrayList<>(controller.complaints());
      say("warnings in the controller's log: %d", complaints.size());
      complaints.stream().limit(5).forEach(line -> say("  %s", line));
    }

    private double each(Duration before, int count) throws IOException {
      return (double) controller.cpu().minus(before).toMillis() / count;
    }
  }

  private static Duration sinceNanos(long begin) {
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
