package dev.bumpless.controller.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.controller.SomeApps;
import dev.bumpless.controller.fleet.Selection;
import dev.bumpless.controller.problem.ProblemException;
import dev.bumpless.controller.rollout.Course.State;
import dev.bumpless.controller.rollout.Target.Outcome;
import dev.bumpless.controller.rollout.WaveRollouts.Verb;
import dev.bumpless.manifest.RolloutLimits;
import dev.bumpless.manifest.RolloutManifest;
import dev.bumpless.manifest.RolloutManifest.OnFailure;
import dev.bumpless.manifest.RolloutParser;
import dev.bumpless.manifest.Wave;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random fleets under random rollouts: devices that answer, fail, are slow or silent, or begin by
 * themselves while nobody hears of it; people who pause, resume, approve, retry and abort whenever
 * they like, a controller that dies. After each event: never more under way than may be, never a
 * wave before its gate, never an order after an abort, never one more once too many failed, no
 * device that begins outside of the window, or after it has heard that its order was taken back,
 * and none that is not done without a word on why, which tells of whoever is away.
 */
class RandomRolloutsTest {
  private static final int EACH = 250;
  private static final int EVENTS = 60;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void nothingGoesThatMayNotGo(int batch) {
    for (int i = 0; i < EACH; i++) {
      long seed = batch * (long) EACH + i;
      try {
        new Run(seed).go();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static final class Run {
    private final Random random;
    private final Desk desk = new Desk();
    private final List<DeviceId> devices = new ArrayList<>();
    private final RolloutManifest manifest;
    private final Rollout begun;
    private final List<Instant> orders = new ArrayList<>();
    private final Map<DeviceId, Order> held = new HashMap<>();
    private final Set<DeviceId> silent = new HashSet<>();
    private final Set<DeviceId> active = new HashSet<>();
    private final Map<DeviceId, Ended> ended = new HashMap<>();
    private final List<Target> fresh = new ArrayList<>();
    private Rollouts rollouts = desk.rollouts;
    private boolean isApproved;
    private boolean isPlanned;

    /** How a device came to an end with what it was asked for. */
    private record Ended(Order.Action action, Phase phase) {}

    Run(long seed) {
      random = new Random(seed);
      int size = 1 + random.nextInt(9);
      for (int i = 0; i < size; i++) {
        join("dev-" + i);
      }
      desk.apply("reg.example/pump:1", new Selection(List.of(), Map.of(), true));
      devices.forEach(device -> desk.says(device, Phase.COMMITTED));
      desk.releases.release(
          desk.releases.pin(SomeApps.app("pump", "reg.example/pump:2", 502)), "", desk.now);
      manifest = manifest();
      Instant before = desk.now;
      begun = waves().start(new WaveRequest(manifest, Optional.empty(), false), before);
      noteOrders(Map.of());
      check(begun.course().orElseThrow());
    }

    private WaveRollouts waves() {
      return rollouts.waves();
    }

    private void join(String name) {
      DeviceId device = desk.online(name);
      if (random.nextInt(4) > 0) {
        desk.fleet.label(device, Map.of("site", "site-" + random.nextInt(3)));
      }
      devices.add(device);
    }

    private RolloutManifest manifest() {
      List<String> waves = new ArrayList<>();
      int percent = 0;
      while (random.nextInt(3) > 0 && percent < 70) {
        percent += 10 + random.nextInt(20);
        String gate = List.of("", ", then: approve", ", after: 1m").get(random.nextInt(3));
        waves.add("{ percent: " + percent + gate + " }");
      }
      waves.add("{ percent: 100 }");
      List<String> limits = new ArrayList<>();
      limits.add("failures: " + List.of("0", "1", "3", "20%", "50%").get(random.nextInt(5)));
      maybe(limits, "perMinute: " + (1 + random.nextInt(3)));
      maybe(limits, "inFlightPerSite: " + (1 + random.nextInt(2)));
      maybe(limits, "success: " + (50 + random.nextInt(50)));
      String window =
          random.nextInt(3) == 0 ? "window: { cron: \"*/10 * * * *\", length: 4m }\n" : "";
      return RolloutParser.parse(
          "apiVersion: bumpless.dev/v1\nkind: Rollout\nname: pump-2\napp: pump@2\n"
              + "target: { all: true }\ndeadline: 3m\n"
              + window
              + "waves: [ "
              + String.join(", ", waves)
              + " ]\nlimits: { "
              + String.join(", ", limits)
              + " }\nonFailure: "
              + (random.nextInt(4) == 0 ? "rollback" : "pause")
              + "\n",
          "random.yaml");
    }

    private void maybe(List<String> limits, String limit) {
      if (random.nextBoolean()) {
        limits.add(limit);
      }
    }

    void go() {
      for (int i = 0; i < EVENTS; i++) {
        step(this::event);
      }
      end();
    }

    /** One event, and what must hold after it. */
    private void step(Runnable event) {
      Rollout before = now();
      isApproved = false;
      isPlanned = false;
      event.run();
      noteOrders(issuedAt(before));
      check(before.course().orElseThrow());
    }

    private void event() {
      desk.now = desk.now.plusSeconds(random.nextInt(25));
      int which = random.nextInt(26);
      if (which >= 24) {
        beginAlone();
      } else if (which < 8) {
        answer();
      } else if (which < 18) {
        desk.now = desk.now.plus(WaveRollouts.LOOK_EVERY);
        isPlanned = true;
        waves().tick(desk.now);
      } else if (which < 19) {
        rollouts =
            new Rollouts(
                desk.rolloutStore,
                desk.orderStore,
                desk.book,
                desk.releases,
                desk.fleet,
                desk.audit);
        rollouts.resume(desk.now);
      } else if (which < 20 && devices.size() < 12) {
        join("late-" + devices.size());
      } else {
        steer();
      }
    }

    /** A device takes its order, goes on with it, or falls silent for good. */
    private void answer() {
      DeviceId device = devices.get(random.nextInt(devices.size()));
      if (random.nextInt(12) == 0) {
        silent.add(device);
        desk.offline(device);
      }
      if (silent.contains(device)) {
        return;
      }
      hear(device);
      if (held.containsKey(device)) {
        goOn(
            device,
            List.of(
                    Phase.PULLING,
                    Phase.BAKING,
                    Phase.COMMITTED,
                    Phase.COMMITTED,
                    Phase.ROLLED_BACK)
                .get(random.nextInt(5)));
      }
    }

    /** Takes the newest word of the controller; what had come to its end stays there. */
    private void hear(DeviceId device) {
      if (desk.book.unheard(device, desk.now).isEmpty()) {
        return;
      }
      Order order = desk.order(device);
      Order before = held.get(device);
      if (before != null && !before.action().equals(order.action())) {
        active.remove(device);
      }
      Optional<Phase> end =
          Optional.ofNullable(ended.get(device))
              .filter(e -> e.action().equals(order.action()))
              .map(Ended::phase);
      if (end.isPresent()) {
        desk.says(device, order, end.get());
      } else if (order.cancelled().isPresent() && !active.contains(device)) {
        held.remove(device);
        desk.says(device, order, Phase.CANCELLED);
      } else {
        held.put(device, order);
      }
    }

    /** Says so, as far as its order lets it go on. */
    private void goOn(DeviceId device, Phase wanted) {
      Order order = held.get(device);
      boolean mayBegin = active.contains(device) || isInside(order);
      Phase next = mayBegin ? wanted : random.nextBoolean() ? Phase.PULLING : Phase.WAITING;
      if (!next.isStaging()) {
        begin(device);
      }
      Phase said = active.contains(device) && next.isStaging() ? Phase.PROBING : next;
      desk.says(device, order, said);
      if (said.isFinal()) {
        held.remove(device);
        active.remove(device);
        ended.put(device, new Ended(order.action(), said));
      }
    }

    /** The controller, the broker or the way to them is away, and its window is open. */
    private void beginAlone() {
      DeviceId device = devices.get(random.nextInt(devices.size()));
      Order order = held.get(device);
      if (order != null && isInside(order) && manifest.window().isPresent()) {
        begin(device);
      }
    }

    private boolean isInside(Order order) {
      return order.opening().map(o -> !o.isAhead(desk.now) && !o.isOver(desk.now)).orElse(true);
    }

    private void begin(DeviceId device) {
      boolean isWayBack = !held.get(device).id().equals(begun.id());
      if (active.add(device) && !isWayBack) {
        assertThat(isWindowOpen()).as("%s begins inside the window", device).isTrue();
        assertThat(held.get(device).cancelled()).as("%s has a standing order", device).isEmpty();
      }
    }

    private void steer() {
      Verb verb =
          List.of(
                  Verb.PAUSE,
                  Verb.RESUME,
                  Verb.RESUME,
                  Verb.APPROVE,
                  Verb.APPROVE,
                  Verb.RETRY,
                  Verb.ABORT)
              .get(random.nextInt(7));
      if (verb == Verb.ABORT && random.nextInt(3) > 0) {
        return;
      }
      try {
        isApproved = verb == Verb.APPROVE;
        waves().steer(begun.id().toString(), verb, desk.now);
      } catch (ProblemException refused) {
        isApproved = false;
      }
    }

    /** Whoever may still answer does, people say yes: then every rollout comes to its end. */
    private void end() {
      for (int i = 0; i < 600 && !now().isDone(); i++) {
        boolean isPerson = i % 5 == 0;
        step(
            () -> {
              desk.now = desk.now.plusSeconds(20);
              devices.forEach(this::finish);
              if (isPerson) {
                sayYes();
              } else {
                waves().tick(desk.now);
              }
            });
      }
      assertThat(now().isDone()).as("%s", now()).isTrue();
      devices.stream().filter(device -> !silent.contains(device)).forEach(this::hear);
      assertThat(devices)
          .as("who may still begin, %s", now())
          .noneMatch(device -> !silent.contains(device) && mayStillBegin(device));
    }

    private boolean mayStillBegin(DeviceId device) {
      return Optional.ofNullable(held.get(device))
          .filter(order -> !active.contains(device) && order.id().equals(begun.id()))
          .flatMap(Order::opening)
          .filter(opening -> !opening.isOver(desk.now))
          .isPresent();
    }

    private void finish(DeviceId device) {
      if (!silent.contains(device)) {
        hear(device);
        if (held.containsKey(device)) {
          goOn(device, Phase.COMMITTED);
        }
      }
    }

    private void sayYes() {
      Verb verb = course().isIn(State.PAUSED) ? Verb.RESUME : Verb.APPROVE;
      try {
        isApproved = verb == Verb.APPROVE;
        waves().steer(begun.id().toString(), verb, desk.now);
      } catch (ProblemException refused) {
        isApproved = false;
      }
    }

    private Rollout now() {
      return desk.rolloutStore.find(begun.id()).orElseThrow();
    }

    private Course course() {
      return now().course().orElseThrow();
    }

    private static Map<DeviceId, Instant> issuedAt(Rollout rollout) {
      Map<DeviceId, Instant> moments = new HashMap<>();
      rollout.targets().forEach(t -> t.issuedAt().ifPresent(at -> moments.put(t.device(), at)));
      return moments;
    }

    /** What is new since then. */
    private void noteOrders(Map<DeviceId, Instant> before) {
      fresh.clear();
      for (Target target : now().targets()) {
        Optional<Instant> was = Optional.ofNullable(before.get(target.device()));
        if (target.issuedAt().isPresent() && !target.issuedAt().equals(was)) {
          fresh.add(target);
          orders.add(target.issuedAt().get());
        }
      }
    }

    private void check(Course was) {
      Rollout now = now();
      Course is = now.course().orElseThrow();
      for (Target target : fresh) {
        assertThat(target.place().wave()).as("open waves").isLessThanOrEqualTo(is.wave());
        assertThat(orderOf(target).opening())
            .as("what it may begin in")
            .isEqualTo(manifest.window().flatMap(w -> w.opening(target.issuedAt().orElseThrow())));
      }
      if (isPlanned && manifest.window().isPresent() && !is.isIn(State.RUNNING)) {
        assertThat(now.targets())
            .filteredOn(target -> target.isInFlight() && !target.hasBegun())
            .as("orders that wait for the window, %s", is.state())
            .allMatch(target -> orderOf(target).cancelled().isPresent());
      }
      boolean isFree = manifest.limits().perMinute().isEmpty();
      if (isPlanned && isFree && is.isIn(State.RUNNING)) {
        assertThat(now.targets())
            .filteredOn(target -> target.isInFlight() && !target.hasBegun())
            .as("orders that can still begin")
            .noneMatch(t -> orderOf(t).opening().filter(o -> o.isOver(desk.now)).isPresent());
      }
      if (isPlanned && is.isIn(State.PAUSED)) {
        assertThat(now.targets())
            .as("orders that nobody has, %s", is.state())
            .noneMatch(target -> target.isInFlight() && target.report().isEmpty());
      }
      boolean wasOver = !was.state().isOpen() && was.state() != State.FINISHED;
      boolean stays = was.isIn(State.PAUSED) && is.isIn(State.PAUSED);
      if (wasOver || stays) {
        assertThat(fresh).as("orders while %s", is.state()).isEmpty();
      }
      reasons(now);
      limits(now);
      gates(was, is);
      failures(now, is);
    }

    private void reasons(Rollout now) {
      for (TargetStatus status : desk.statuses(now)) {
        if (!status.phase().isFinal()) {
          assertThat(status.message()).as("%s", status.target()).isNotBlank();
          assertThat(status.message().startsWith("offline since "))
              .as("%s is away: %s", status.target().device(), status.message())
              .isEqualTo(silent.contains(status.target().device()));
        }
      }
    }

    private Order orderOf(Target target) {
      return desk.order(target.device());
    }

    private boolean isWindowOpen() {
      return manifest.window().map(w -> w.openUntil(desk.now).isPresent()).orElse(true);
    }

    private void limits(Rollout now) {
      RolloutLimits limits = manifest.limits();
      limits
          .perMinute()
          .ifPresent(
              most ->
                  assertThat(orders)
                      .filteredOn(at -> at.isAfter(desk.now.minusSeconds(60)))
                      .as("orders in a minute")
                      .hasSizeLessThanOrEqualTo(most));
      limits
          .perMinute()
          .ifPresent(
              most ->
                  assertThat(now.targets())
                      .filteredOn(Target::isInFlight)
                      .filteredOn(t -> orderOf(t).opening().isPresent())
                      .filteredOn(t -> orderOf(t).opening().get().isAhead(desk.now))
                      .as("who begins when the window opens")
                      .hasSizeLessThanOrEqualTo(most));
      Map<String, Integer> inFlight = new HashMap<>();
      now.targets().stream()
          .filter(Target::isInFlight)
          .forEach(t -> t.place().site().ifPresent(s -> inFlight.merge(s, 1, Integer::sum)));
      limits
          .inFlightPerSite()
          .ifPresent(
              most ->
                  assertThat(inFlight)
                      .as("under way at a site")
                      .allSatisfy((site, count) -> assertThat(count).isLessThanOrEqualTo(most)));
    }

    private void gates(Course was, Course is) {
      for (int wave = was.wave(); wave < is.wave(); wave++) {
        Wave gate = manifest.waves().get(wave);
        assertThat(gate.approval()).as("approval of wave %d", wave).isIn(false, isApproved);
        if (wave == was.wave() && !gate.after().isZero()) {
          assertThat(was.settledAt().orElseThrow().plus(gate.after()))
              .as("watched")
              .isBeforeOrEqualTo(desk.now);
        }
        if (manifest.limits().success().isEmpty()) {
          int closed = wave;
          assertThat(now().targets())
              .filteredOn(t -> t.place().wave() <= closed)
              .allMatch(Target::isFinished);
        }
      }
    }

    /** Who let it go on with too many failures was a person, who excused them. */
    private void failures(Rollout now, Course is) {
      if (fresh.isEmpty()) {
        return;
      }
      for (int wave = 0; wave <= is.lastWave(); wave++) {
        int number = wave;
        List<Target> own =
            now.targets().stream()
                .filter(
                    t -> !manifest.limits().failures().isPercent() || t.place().wave() == number)
                .filter(t -> t.outcome(manifest.limits()) != Outcome.LEFT_OUT)
                .toList();
        long failed =
            own.stream()
                .filter(t -> t.outcome(manifest.limits()) == Outcome.FAILED && !t.excused())
                .count();
        assertThat(failed)
            .as("failures when %s were sent", fresh)
            .isLessThanOrEqualTo(manifest.limits().failures().allowed(own.size()));
      }
      assertThat(is.isIn(State.ROLLED_BACK) && manifest.onFailure() == OnFailure.PAUSE).isFalse();
    }
  }
}
