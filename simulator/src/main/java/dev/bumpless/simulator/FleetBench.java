package dev.bumpless.simulator;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.ReleaseId;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a fleet costs its controller: connecting, idling, a rollout to everybody at once, one that
 * has to stop by itself, and one of which many hear nothing.
 */
final class FleetBench {
  private static final String APP = "bench";

  /** A device says its birth again up to four minutes after it connected (ADR 22). */
  private static final Duration SETTLING = Duration.ofSeconds(270);

  private static final Duration COMES_TO_LIGHT = Duration.ofSeconds(10);
  private static final double FAILING = 0.05;
  private static final double OFFLINE = 0.3;

  private final Lab lab;
  private final Fate fate;
  private final Duration idle;
  private final Figures figures;

  /**
   * @param fate of the lab's devices
   * @param idle how long idle devices are watched; zero: not at all
   */
  FleetBench(Lab lab, Fate fate, Duration idle, PrintStream progress) {
    this.lab = lab;
    this.fate = fate;
    this.idle = idle;
    this.figures = new Figures(progress);
  }

  /** The figures; what is missed is said there. */
  Figures run() throws IOException, InterruptedException {
    connect();
    idle();
    everybodyAtOnce();
    preview();
    stopsAtItsThreshold();
    manyAreOffline();
    end();
    return figures;
  }

  private int size() {
    return lab.ids().size();
  }

  private void connect() throws IOException, InterruptedException {
    Duration cpu = lab.controller().cpu();
    long begin = System.nanoTime();
    lab.connect();
    figures.tell("all connected, seconds", (System.nanoTime() - begin) / 1e9);
    figures.tell("CPU of the controller a device to connect, ms", each(cpu));
  }

  private double each(Duration before) throws IOException {
    return (double) lab.controller().cpu().minus(before).toMillis() / size();
  }

  private void idle() throws IOException, InterruptedException {
    if (idle.isZero()) {
      return;
    }
    lab.say("settling for %s, then idle for %s", SETTLING, idle);
    Thread.sleep(SETTLING.toMillis());
    Duration cpu = lab.controller().cpu();
    Thread.sleep(idle.toMillis());
    double share = 100.0 * lab.controller().cpu().minus(cpu).toMillis() / idle.toMillis();
    figures.bound("idle, CPU of the controller, % of a core", share, 5);
  }

  private void everybodyAtOnce() throws IOException, InterruptedException {
    Duration cpu = lab.controller().cpu();
    RolloutView begun = apply("all", "waves: [ { percent: 100 } ]", 1);
    lab.await("at their end", () -> lab.ends().of(begun.id()), size());
    double used = each(cpu);
    RolloutView seen = lab.awaitDone(begun);
    figures.bound("order to last report, seconds", seen.took().toMillis() / 1000.0, 60);
    figures.bound("CPU of the controller a device, ms", used, 4);
    figures.same("committed", seen.in(Phase.COMMITTED), size());
    figures.same("serve another release", seen.astray(release(1), release(1)), 0);
  }

  private RolloutView apply(String name, String rest, int version)
      throws IOException, InterruptedException {
    lab.say("rollout %s", name);
    return lab.apply(rollout(name, rest), APP, version);
  }

  private static String rollout(String name, String rest) {
    return """
        apiVersion: bumpless.dev/v1
        kind: Rollout
        name: %s
        app: app.yaml
        target: { fleet: simulated }
        %s
        """
        .formatted(name, rest);
  }

  /** Everybody serves something by now, and has a history. */
  private void preview() throws IOException, InterruptedException {
    long begin = System.nanoTime();
    int told =
        lab.preview(rollout("preview", "waves: [ { percent: 10 }, { percent: 100 } ]"), APP, 2);
    figures.tell("dry run for all, seconds", (System.nanoTime() - begin) / 1e9);
    figures.same("devices that it tells of", told, size());
  }

  /**
   * Every twentieth fails: the rollout stops in its first wave, or in a later one where the dice
   * let so few fail in a small first one. The wave after that never begins.
   */
  private void stopsAtItsThreshold() throws IOException, InterruptedException {
    fate.failOn(release(2), FAILING);
    RolloutView begun =
        apply(
            "failing",
            """
            waves: [ { percent: 10 }, { percent: 30 }, { percent: 100 } ]
            limits: { failures: 1% }
            """,
            2);
    RolloutView stopped = lab.awaitThat(begun, seen -> !seen.state().equals("RUNNING"));
    Thread.sleep(COMES_TO_LIGHT.toMillis());
    RolloutView seen = lab.look(begun);
    Set<DeviceId> touched = lab.ends().touched(begun.id());
    Set<DeviceId> due = seen.upTo(seen.wave());
    long beyond = touched.stream().filter(device -> !due.contains(device)).count();
    lab.say("it stopped: %s", stopped.course());
    figures.same("with 5 % failing it pauses", seen.state().equals("PAUSED") ? 1 : 0, 1);
    figures.tell(
        "of %,d up to its wave %d got an order".formatted(due.size(), seen.wave()),
        touched.size() - beyond);
    figures.same("beyond that wave got one", beyond, 0);
    figures.tell("of them failed", seen.in(Phase.ROLLED_BACK));
    lab.controller().post("/rollouts/" + begun.id() + "/abort", Map.of());
    RolloutView over = lab.awaitDone(begun);
    figures.same("serve another release than they should", over.astray(release(2), release(1)), 0);
  }

  private static ReleaseId release(long number) {
    return new ReleaseId(new AppName(APP), number);
  }

  /** Three of ten are away: the deadline ends it, and each has the reason. */
  private void manyAreOffline() throws IOException, InterruptedException {
    List<DeviceId> away = lab.ids().subList(0, (int) (size() * OFFLINE));
    int there = size() - away.size();
    lab.fleet().stop(away);
    lab.await("offline", () -> lab.online(false), away.size());
    RolloutView begun =
        apply(
            "offline", "waves: [ { percent: 100 } ]\nlimits: { failures: 100% }\ndeadline: 2m", 3);
    lab.await("at their end", () -> lab.ends().of(begun.id()), there);
    RolloutView seen = lab.awaitDone(begun);
    figures.same("with 30 % offline, committed", seen.in(Phase.COMMITTED), there);
    figures.same("expired at the deadline", seen.in(Phase.EXPIRED), away.size());
    figures.same(
        "of them with the reason",
        seen.count(device -> device.path("message").asText().contains("it never answered")),
        away.size());
  }

  private void end() throws IOException {
    figures.tell("heap of the controller at most, MB (-Xmx)", Lab.HEAP_MEGABYTES);
    figures.tell(
        "memory of the controller at its peak, MB (resident)", lab.controller().peakMegabytes());
    List<String> complaints = lab.controller().complaints();
    lab.say("warnings in the controller's log: %d", complaints.size());
    complaints.stream().limit(5).forEach(line -> lab.say("  %s", line));
  }
}
