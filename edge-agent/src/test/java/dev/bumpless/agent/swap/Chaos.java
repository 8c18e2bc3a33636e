package dev.bumpless.agent.swap;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Opening;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
import dev.bumpless.protocol.Release;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A random life of a device with two apps: orders of every kind, releases that fail in every way,
 * calls that fail before or after their effect, an agent, a router and containers that are killed,
 * a machine that restarts. Then it gets calm, and everything has to come to rest.
 */
final class Chaos {
  private static final List<AppName> APPS = List.of(new AppName("pump"), new AppName("hmi"));

  private final Random random;
  private final Device device;
  private final Map<AppName, List<Release>> releases = new HashMap<>();
  private final Map<AppName, Map<Long, Integer>> attempts = new HashMap<>();
  private final Map<AppName, Desired> newest = new HashMap<>();
  private double failureRate;
  private long sequence;
  private long counters;

  Chaos(long seed, SwapPlanner planner) {
    random = new Random(seed);
    device = new Device(planner);
    device.calls.failing(this::maybeFail);
    device.router.beforeFlip(this::maybeLoseHold);
  }

  private Optional<Calls.Failure> maybeFail(String call) {
    boolean mayFail = !call.startsWith("probe") && !call.startsWith("journal.load");
    return mayFail && random.nextDouble() < failureRate
        ? Optional.of(
            new Calls.Failure(random.nextBoolean(), false, "chance has it that " + call + " fails"))
        : Optional.empty();
  }

  private void maybeLoseHold() {
    if (random.nextDouble() < failureRate) {
      if (random.nextBoolean()) {
        device.router.restart();
      } else {
        device.ticker.advance(Duration.ofMillis(251));
      }
    }
  }

  void run() throws IOException {
    failureRate = random.nextInt(4) * 0.02;
    device.boot();
    int rounds = 5 + random.nextInt(20);
    for (int i = 0; i < rounds; i++) {
      happen();
      goOn(random.nextInt(60));
    }
    calm();
  }

  private void goOn(int steps) throws IOException {
    for (int i = 0; i < steps; i++) {
      device.step();
    }
  }

  private void happen() throws IOException {
    AppName app = APPS.get(random.nextInt(APPS.size()));
    switch (random.nextInt(22)) {
      case 0, 1, 2, 3 -> upgrade(app);
      case 4 -> again(app);
      case 5 -> send(Apps.stop(++sequence, app));
      case 6 -> send(random.nextInt(3) == 0 ? Apps.delete(++sequence, app) : lastRun(app));
      case 7 -> device.kill();
      case 8 -> device.calls.crashBefore(device.calls.count() + random.nextInt(30));
      case 9 -> device.calls.crashAfter(device.calls.count() + random.nextInt(30));
      case 10 -> device.router.restart();
      case 11 -> hurt(app);
      case 12 -> reboot();
      case 14 -> takeLease(app);
      case 15 -> giveBack(app);
      case 16 -> force(app);
      case 17, 18 -> window(app);
      case 19 -> takeBack(app);
      case 13 -> device.router.copies().lazy(random.nextBoolean());
      default -> device.ticker.advance(Duration.ofSeconds(random.nextInt(40)));
    }
  }

  private void takeLease(AppName app) {
    if (device.isAgentThere()
        && device.leases.take(app, Duration.ofSeconds(1 + random.nextInt(600)))) {
      device.event();
    }
  }

  private void giveBack(AppName app) {
    device.leases.giveBack(app);
    if (device.isAgentThere()) {
      device.event();
    }
  }

  /** The newest order once more, and now it waits for nobody. */
  private void force(AppName app) {
    if (newest.containsKey(app)) {
      send(Apps.forced(++sequence, newest.get(app)));
    }
  }

  /** The newest order once more, and now it begins inside of an opening alone. */
  private void window(AppName app) {
    if (newest.containsKey(app)) {
      Instant from = device.ticker.wall().plusSeconds(random.nextInt(300) - 100);
      Opening opening = new Opening(from, from.plusSeconds(1 + random.nextInt(200)));
      send(Apps.inside(++sequence, newest.get(app), opening));
    }
  }

  /** The newest order once more, and now it is not to begin any more; until it is said again. */
  private void takeBack(AppName app) {
    if (newest.containsKey(app)) {
      send(Apps.cancelled(++sequence, newest.get(app)));
    }
  }

  /** What all of them had in memory is gone, and nobody is to blame. */
  private void reboot() {
    device.engine.reboot();
    APPS.forEach(app -> device.router.copies().forgive(app, 0));
  }

  private void hurt(AppName app) {
    List<InstanceKey> there =
        device.engine.observed().stream()
            .map(ObservedContainer::instance)
            .filter(key -> key.app().equals(app))
            .distinct()
            .toList();
    if (there.isEmpty()) {
      return;
    }
    InstanceKey key = there.get(random.nextInt(there.size()));
    String container = random.nextBoolean() ? "web" : "db";
    switch (random.nextInt(7)) {
      case 0 -> device.engine.kill(key);
      case 1 -> device.engine.stopByHand(key);
      case 2 -> device.engine.kill(key, container);
      case 3 -> device.engine.stopByHand(key, container);
      case 4 -> device.engine.removeByHand(key, container);
      case 5 -> device.router.failRequests(key, 1 + random.nextInt(4));
      default -> device.router.keepOpen(key, 1 + random.nextInt(3));
    }
  }

  private void upgrade(AppName app) {
    long counter = ++counters;
    int replicas = 1 + random.nextInt(3);
    boolean isRolling = random.nextBoolean() && replicas > 1;
    App manifest =
        Apps.app(
            app,
            counter,
            replicas,
            isRolling ? Strategy.ROLLING : Strategy.BLUE_GREEN,
            app.equals(APPS.get(0)) ? 1880 : 1881);
    Release release = Apps.release(inParts(withState(manifest)), counter);
    releases.computeIfAbsent(app, a -> new ArrayList<>()).add(release);
    device.engine.behave(counter, behaviour());
    send(Apps.run(++sequence, release, attempt(release)));
  }

  private App withState(App manifest) {
    return switch (random.nextInt(8)) {
      case 0, 1 -> Apps.modbus(manifest);
      case 2 -> Apps.standby(manifest);
      case 3 -> Apps.alone(manifest);
      default -> manifest;
    };
  }

  private App inParts(App manifest) {
    return switch (random.nextInt(3)) {
      case 0 -> manifest;
      case 1 -> Apps.twin(manifest);
      default -> Apps.probedTwin(manifest);
    };
  }

  private Behaviour behaviour() {
    Behaviour behaviour = ofAll();
    return random.nextBoolean() ? behaviour : behaviour.onlyOf("db");
  }

  private Behaviour ofAll() {
    return switch (random.nextInt(8)) {
      case 0 -> Behaviour.NEVER_HEALTHY;
      case 1 -> Behaviour.EXITS_AT_ONCE;
      case 2 -> Behaviour.diesAfter(Duration.ofSeconds(1 + random.nextInt(40)));
      case 3 -> Behaviour.outOfMemoryAfter(Duration.ofSeconds(1 + random.nextInt(20)));
      case 4 -> Behaviour.healthyAfter(Duration.ofSeconds(random.nextInt(50)));
      default -> Behaviour.GOOD;
    };
  }

  /** Undo, retry, restart: some release again, as a new attempt. */
  private void again(AppName app) {
    List<Release> known = releases.getOrDefault(app, List.of());
    if (!known.isEmpty()) {
      Release release = known.get(random.nextInt(known.size()));
      send(Apps.run(++sequence, release, attempt(release)));
    }
  }

  /** The newest release again, as the same attempt: start after stop, or nothing. */
  private Desired lastRun(AppName app) {
    List<Release> known = releases.getOrDefault(app, List.of());
    if (known.isEmpty()) {
      return Apps.stop(++sequence, app);
    }
    Release release = known.get(known.size() - 1);
    int attempt = attempts.get(app).get(release.id().counter());
    return Apps.run(++sequence, release, attempt);
  }

  private int attempt(Release release) {
    return attempts
        .computeIfAbsent(release.app().name(), a -> new HashMap<>())
        .merge(release.id().counter(), 1, Integer::sum);
  }

  private void send(Desired desired) {
    newest.put(desired.order().app(), desired);
    device.order(desired);
  }

  /** Whatever is ordered then must be over some time, and leave one slot and nothing else. */
  private void calm() throws IOException {
    failureRate = 0;
    device.router.copies().lazy(false);
    counters = 1000;
    for (AppName app : APPS) {
      releases
          .getOrDefault(app, List.of())
          .forEach(r -> device.engine.behave(r.id().counter(), Behaviour.GOOD));
    }
    device.step();
    APPS.forEach(this::giveBack);
    for (AppName app : newest.keySet()) {
      if (newest.get(app).order().opening().isPresent()) {
        send(Apps.saidAgain(++sequence, newest.get(app), Optional.empty()));
      }
      device.runToEnd(newest.get(app));
    }
    device.pass(Duration.ofMinutes(5));
    for (AppName app : newest.keySet()) {
      device.rules.checkAtRest(app);
    }
    device.rules.checkHolds();
  }
}
