package dev.bumpless.controller.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.controller.fleet.Selection;
import dev.bumpless.controller.problem.Problem.Code;
import dev.bumpless.controller.problem.ProblemException;
import dev.bumpless.controller.rollout.Course.State;
import dev.bumpless.controller.rollout.Deed.Kind;
import dev.bumpless.controller.rollout.WaveRollouts.Verb;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.RolloutManifest;
import dev.bumpless.manifest.RolloutParser;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * People who start rollouts, steer, force and undo them, and order things beside them, whenever
 * they like. They know what has to be refused, and that it says because of whom.
 */
final class RandomPeople {
  private static final int MOST_ROLLOUTS = 4;

  private final Desk desk;
  private final Random random;
  private final List<AppName> apps;
  private final Map<DeviceId, Optional<String>> sites;
  private final Supplier<Rollouts> rollouts;
  private int named;

  /**
   * @param sites of all the devices that there are, today
   * @param rollouts those of the controller that lives now
   */
  RandomPeople(
      Desk desk,
      Random random,
      List<AppName> apps,
      Map<DeviceId, Optional<String>> sites,
      Supplier<Rollouts> rollouts) {
    this.desk = desk;
    this.random = random;
    this.apps = apps;
    this.sites = sites;
    this.rollouts = rollouts;
  }

  /** Something that comes to somebody's mind. */
  Deed act(Moment before) {
    int which = random.nextInt(20);
    if (which < 3 && named < MOST_ROLLOUTS) {
      return start(before, random.nextInt(3) == 0);
    }
    if (which < 5) {
      return order(before);
    }
    List<Rollout> inWaves = before.inWaves();
    Rollout one = inWaves.get(random.nextInt(inWaves.size()));
    return which < 7 ? force(one) : steer(before, one, verb());
  }

  /** What lets each rollout that waits for somebody go on. */
  Deed sayYes(Moment before, Rollout rollout) {
    boolean isPaused = rollout.course().orElseThrow().isIn(State.PAUSED);
    return steer(before, rollout, isPaused ? Verb.RESUME : Verb.APPROVE);
  }

  private Verb verb() {
    List<Verb> verbs =
        List.of(
            Verb.PAUSE,
            Verb.RESUME,
            Verb.RESUME,
            Verb.APPROVE,
            Verb.APPROVE,
            Verb.RETRY,
            Verb.RETRY,
            random.nextInt(3) == 0 ? Verb.ABORT : Verb.APPROVE,
            random.nextInt(3) == 0 ? Verb.UNDO : Verb.RESUME);
    return verbs.get(random.nextInt(verbs.size()));
  }

  /** Is refused without {@code supersede} where another has one of the devices, and only then. */
  Deed start(Moment before, boolean supersede) {
    AppName app = pick(apps);
    String target = target();
    Set<DeviceId> meant = meant(target);
    Set<String> holders = before.holders(app, meant);
    try {
      Rollout started = waves().start(request(app, target, supersede), desk.now);
      assertThat(supersede || holders.isEmpty()).as("%s, had by %s", target, holders).isTrue();
      assertThat(Moment.devices(started)).as(target).isEqualTo(meant);
      return Deed.of(Kind.START, started);
    } catch (ProblemException refused) {
      if (meant.isEmpty()) {
        assertThat(refused.problem().code()).isEqualTo(Code.NO_TARGET);
      } else {
        assertThat(supersede).as("superseding is refused: %s", refused.problem()).isFalse();
        refusedFor(refused, holders);
      }
      return Deed.NONE;
    }
  }

  private static void refusedFor(ProblemException refused, Set<String> names) {
    assertThat(refused.problem().code()).as("%s", refused.problem()).isEqualTo(Code.CONFLICT);
    assertThat(names).as("%s", refused.problem()).anyMatch(refused.problem().message()::contains);
  }

  /** Something for an app that goes to everybody at once. */
  private Deed order(Moment before) {
    AppName app = pick(apps);
    boolean supersede = random.nextInt(3) == 0;
    Selection selection =
        random.nextBoolean() ? Selection.NONE : Desk.on(pick(List.copyOf(sites.keySet())));
    try {
      Rollout done = rollouts.get().start(command(app), selection, supersede, desk.now);
      Set<String> holders = before.holders(app, Moment.devices(done));
      assertThat(supersede || holders.isEmpty()).as("%s, had by %s", done, holders).isTrue();
      if (done.command().equals("restart")) {
        done.targets().forEach(target -> keepsItsRelease(before, app, target));
      }
      return Deed.of(Kind.ORDER, done);
    } catch (ProblemException refused) {
      assertThat(refused.problem().code()).isIn(Code.CONFLICT, Code.NO_TARGET);
      return Deed.NONE;
    }
  }

  /** A restart brings what was asked for last, where the device has heard of that. */
  private static void keepsItsRelease(Moment before, AppName app, Target target) {
    Order last = before.orders().get(new Moment.AppOnDevice(app, target.device()));
    before
        .find(last.id())
        .flatMap(rollout -> Moment.target(rollout, target.device()))
        .filter(asked -> asked.report().isPresent())
        .ifPresent(
            asked ->
                assertThat(Rollout.releaseOf(target.action()))
                    .as("%s is restarted after %s", target.device(), asked)
                    .isEqualTo(Rollout.releaseOf(last.action())));
  }

  private Command command(AppName app) {
    int release = 1 + random.nextInt(3);
    return switch (random.nextInt(4)) {
      case 0 -> new Command.Restart(app);
      case 1 -> new Command.Undo(app, OptionalLong.empty());
      case 2 -> new Command.Undo(app, OptionalLong.of(release));
      default -> new Command.Apply(RandomRolloutsTest.app(app, release));
    };
  }

  /** By its name or its app's; where nothing is under way on the device it is refused. */
  private Deed force(Rollout rollout) {
    DeviceId device = pick(List.copyOf(sites.keySet()));
    String reference =
        random.nextInt(3) == 0 ? rollout.app().value() : rollout.name().orElseThrow().value();
    try {
      Rollout forced = rollouts.get().force(reference, Desk.on(device), desk.now);
      assertThat(Moment.target(forced, device).orElseThrow().isInFlight()).isTrue();
      assertThat(Moment.of(desk, apps).orders())
          .extractingByKey(new Moment.AppOnDevice(rollout.app(), device))
          .matches(order -> order.id().equals(forced.id()) && order.waitsForNobody());
      return Deed.of(Kind.FORCE, forced);
    } catch (ProblemException refused) {
      assertThat(refused.problem().code()).isEqualTo(Code.CONFLICT);
      return Deed.NONE;
    }
  }

  private Deed steer(Moment before, Rollout rollout, Verb verb) {
    Set<String> newer = verb == Verb.RETRY ? cameSince(before, rollout) : Set.of();
    try {
      waves().steer(rollout.id().toString(), verb, desk.now);
      assertThat(newer).as("newer ones, when %s is retried", rollout).isEmpty();
      return Deed.of(Kind.valueOf(verb.name()), rollout);
    } catch (ProblemException refused) {
      assertThat(refused.problem().code()).isEqualTo(Code.CONFLICT);
      return Deed.NONE;
    }
  }

  /** Newer rollouts that are not over, and that came to a device which failed in this one. */
  private static Set<String> cameSince(Moment before, Rollout own) {
    Set<DeviceId> failed = Moment.failed(own);
    return before.newerThan(own).stream()
        .filter(Moment::isUnderWay)
        .filter(newer -> Moment.devices(newer).stream().anyMatch(failed::contains))
        .map(Rollout::title)
        .collect(Collectors.toSet());
  }

  private WaveRequest request(AppName app, String target, boolean supersede) {
    return new WaveRequest(manifest(app, target), Optional.empty(), supersede);
  }

  private RolloutManifest manifest(AppName app, String target) {
    List<String> waves = new ArrayList<>();
    int percent = 0;
    while (random.nextInt(3) > 0 && percent < 70) {
      percent += 10 + random.nextInt(20);
      String gate = pick(List.of("", ", then: approve", ", after: 1m"));
      waves.add("{ percent: " + percent + gate + " }");
    }
    waves.add("{ percent: 100 }");
    List<String> limits = new ArrayList<>();
    limits.add("failures: " + pick(List.of("0", "1", "3", "20%", "50%")));
    maybe(limits, "perMinute: " + (1 + random.nextInt(3)));
    maybe(limits, "inFlightPerSite: " + (1 + random.nextInt(2)));
    maybe(limits, "success: " + (50 + random.nextInt(50)));
    maybe(limits, "gap: 250ms");
    String window = random.nextInt(3) == 0 ? "window: { cron: \"*/10 * * * *\", length: 4m }" : "";
    return RolloutParser.parse(
        String.join(
            "\n",
            "apiVersion: bumpless.dev/v1",
            "kind: Rollout",
            "name: r-" + named++,
            "app: " + app + "@" + (1 + random.nextInt(3)),
            "target: { " + target + " }",
            "deadline: 3m",
            window,
            "waves: [ " + String.join(", ", waves) + " ]",
            "limits: { " + String.join(", ", limits) + " }",
            "onFailure: " + (random.nextInt(4) == 0 ? "rollback" : "pause"),
            ""),
        "random.yaml");
  }

  private void maybe(Collection<String> limits, String limit) {
    if (random.nextBoolean()) {
      limits.add(limit);
    }
  }

  private String target() {
    Set<DeviceId> some = new HashSet<>();
    sites.keySet().stream().filter(id -> random.nextInt(3) == 0).forEach(some::add);
    if (random.nextBoolean()) {
      return "all: true";
    }
    return some.isEmpty() || random.nextBoolean()
        ? "site: site-" + random.nextInt(3)
        : some.stream()
            .map(DeviceId::value)
            .sorted()
            .collect(Collectors.joining(", ", "devices: [ ", " ]"));
  }

  private Set<DeviceId> meant(String target) {
    return sites.keySet().stream()
        .filter(
            id ->
                target.startsWith("all")
                    || sites.get(id).filter(site -> target.equals("site: " + site)).isPresent()
                    || target.matches(".*[\\[ ]" + id + "[, ].*"))
        .collect(Collectors.toSet());
  }

  private WaveRollouts waves() {
    return rollouts.get().waves();
  }

  private <T> T pick(List<T> things) {
    return things.get(random.nextInt(things.size()));
  }
}
