package dev.bumpless.controller.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.bumpless.controller.SomeApps;
import dev.bumpless.controller.fleet.Selection;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Phase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random fleets under random rollouts that meet on their devices: {@link RandomDevice devices},
 * {@link RandomPeople people}, and a controller that dies. After each event the rules of {@link
 * RolloutRules each rollout} and those {@link HolderRules between them} hold, nobody is asked for a
 * run with which he failed, nobody who can hear holds what may begin and is over, and none that is
 * not done is without a word on why, which tells of whoever is away. In the end people say yes to
 * everything, and all comes to its end.
 *
 * <p>A failure prints its seed; {@code -Dbumpless.seed=N} runs that one alone, {@code
 * -Dbumpless.runs=N} as many as there is time for.
 */
class RandomRolloutsTest {
  private static final int BATCHES = 8;
  private static final long EACH = Long.getLong("bumpless.runs", 800) / BATCHES;
  private static final int EVENTS = 60;
  private static final AppName VALVE = new AppName("valve");

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void nothingGoesThatMayNotGo(int batch) {
    Optional<Long> alone = Optional.ofNullable(Long.getLong("bumpless.seed"));
    if (alone.isEmpty()) {
      LongStream.range(batch * EACH, (batch + 1) * EACH).forEach(RandomRolloutsTest::run);
    } else if (batch == 0) {
      run(alone.get());
    }
  }

  private static void run(long seed) {
    try {
      new Run(seed).go();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  /** An app's manifest in one of its releases. */
  static App app(AppName name, int release) {
    boolean isPump = name.equals(Desk.PUMP);
    return SomeApps.app(name.value(), "reg.example/" + name + ":" + release, isPump ? 502 : 9502);
  }

  private static final class Run {
    private static final int MOST_DEVICES = 12;

    private final Random random;
    private final Desk desk = new Desk();
    private final List<RandomDevice> devices = new ArrayList<>();
    private final Map<DeviceId, Optional<String>> sites = new TreeMap<>();
    private final Map<UUID, RolloutRules> rules = new HashMap<>();
    private final HolderRules holders = new HolderRules();
    private final List<AppName> apps;
    private final RandomPeople people;
    private Rollouts rollouts = desk.rollouts;
    private Moment before = Moment.BEGINNING;

    Run(long seed) {
      random = new Random(seed);
      int size = 1 + random.nextInt(9);
      for (int i = 0; i < size; i++) {
        join("dev-" + i);
      }
      apps = random.nextInt(3) == 0 ? List.of(Desk.PUMP, VALVE) : List.of(Desk.PUMP);
      apps.forEach(this::install);
      people = new RandomPeople(desk, random, apps, sites, () -> rollouts);
      step(() -> Deed.NONE);
      while (before.inWaves().isEmpty()) {
        step(() -> people.start(before, false));
      }
    }

    /** The first of three releases runs everywhere. */
    private void install(AppName name) {
      desk.start(new Command.Apply(app(name, 1)), new Selection(List.of(), Map.of(), true));
      devices.forEach(
          device ->
              desk.orderStore.ordersOf(device.id).stream()
                  .map(StoredOrder::order)
                  .filter(order -> order.app().equals(name))
                  .forEach(order -> desk.says(device.id, order, Phase.COMMITTED)));
      for (int release = 2; release <= 3; release++) {
        desk.releases.release(desk.releases.pin(app(name, release)), "", desk.now);
      }
    }

    private void join(String name) {
      DeviceId device = desk.online(name);
      Optional<String> site =
          random.nextInt(4) > 0 ? Optional.of("site-" + random.nextInt(3)) : Optional.empty();
      site.ifPresent(value -> desk.fleet.label(device, Map.of("site", value)));
      sites.put(device, site);
      devices.add(new RandomDevice(device, desk, random));
    }

    void go() {
      for (int i = 0; i < EVENTS; i++) {
        step(this::event);
      }
      end();
    }

    /** One event, and what must hold after it. */
    private void step(Event event) {
      desk.now = desk.now.plusSeconds(1);
      Deed deed = event.happen();
      Moment after = Moment.of(desk, apps);
      holders.check(after, deed);
      for (Rollout rollout : after.inWaves()) {
        rules
            .computeIfAbsent(rollout.id(), id -> new RolloutRules(rollout))
            .check(after, deed, desk.now);
      }
      after.newestFirst().forEach(this::reasons);
      after.newestFirst().stream()
          .filter(rollout -> before.find(rollout.id()).isEmpty())
          .forEach(this::planned);
      assertThat(devices).as("who waits in vain").noneMatch(RandomDevice::waitsInVain);
      before = after;
    }

    private interface Event {
      Deed happen();
    }

    private Deed event() {
      desk.now = desk.now.plusSeconds(random.nextInt(24));
      int which = random.nextInt(27);
      if (which < 8) {
        pick().answer();
      } else if (which < 17) {
        return look();
      } else if (which < 18) {
        pick().beginAlone();
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
      } else if (which < 20 && devices.size() < MOST_DEVICES) {
        join("late-" + devices.size());
      } else if (which < 21) {
        pick().listen();
      } else {
        return people.act(before);
      }
      return Deed.NONE;
    }

    private RandomDevice pick() {
      return devices.get(random.nextInt(devices.size()));
    }

    private Deed look() {
      desk.now = desk.now.plus(WaveRollouts.LOOK_EVERY);
      rollouts.waves().tick(desk.now);
      return Deed.LOOK;
    }

    /** Whoever may still answer does, people say yes: then everything comes to its end. */
    private void end() {
      for (int i = 0; i < 600 && !isOver(); i++) {
        desk.now = desk.now.plusSeconds(19);
        step(
            () -> {
              devices.forEach(RandomDevice::finish);
              return look();
            });
        if (i % 5 == 0) {
          before.inWaves().stream()
              .filter(Moment::isOpen)
              .forEach(rollout -> step(() -> yes(rollout.id())));
        }
      }
      assertThat(isOver()).as("%s", before).isTrue();
    }

    private Deed yes(UUID rollout) {
      Rollout now = before.find(rollout).orElseThrow();
      return Moment.isOpen(now) ? people.sayYes(before, now) : Deed.NONE;
    }

    /** An order that goes to everybody at once waits for who is silent. */
    private boolean isOver() {
      Set<DeviceId> silent =
          devices.stream()
              .filter(RandomDevice::isSilent)
              .map(device -> device.id)
              .collect(Collectors.toSet());
      return before.newestFirst().stream()
          .allMatch(
              rollout ->
                  !Moment.isOpen(rollout)
                      && rollout.targets().stream()
                          .filter(t -> rollout.course().isPresent() || !silent.contains(t.device()))
                          .allMatch(target -> target.phase().isFinal()));
    }

    /** What went on there just now may have failed with the same run, and nobody knew. */
    private void planned(Rollout rollout) {
      for (RandomDevice device : devices) {
        boolean isAtRest =
            before.newestFirst().stream()
                .filter(other -> other.app().equals(rollout.app()))
                .flatMap(other -> Moment.target(other, device.id).stream())
                .allMatch(target -> target.phase().isFinal());
        Moment.target(rollout, device.id)
            .filter(target -> isAtRest && device.hasFailedWith(target.action()))
            .ifPresent(target -> fail("%s failed with it: %s", device.id, target));
      }
    }

    private void reasons(Rollout rollout) {
      if (rollout.targets().stream().allMatch(target -> target.phase().isFinal())) {
        return;
      }
      Set<DeviceId> silent =
          devices.stream()
              .filter(RandomDevice::isSilent)
              .map(device -> device.id)
              .collect(Collectors.toSet());
      for (TargetStatus status : desk.statuses(rollout)) {
        if (!status.phase().isFinal()) {
          assertThat(status.message()).as("%s", status.target()).isNotBlank();
          assertThat(status.message().startsWith("offline since "))
              .as("%s is away: %s", status.target().device(), status.message())
              .isEqualTo(silent.contains(status.target().device()));
        }
      }
    }
  }
}
