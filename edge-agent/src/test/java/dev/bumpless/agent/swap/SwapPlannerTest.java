package dev.bumpless.agent.swap;

import static dev.bumpless.agent.swap.Apps.key;
import static dev.bumpless.agent.swap.Apps.release;
import static dev.bumpless.agent.swap.Apps.run;
import static dev.bumpless.agent.swap.Apps.twin;
import static dev.bumpless.agent.swap.ObservedContainer.State.CREATED;
import static dev.bumpless.agent.swap.ObservedContainer.State.EXITED;
import static dev.bumpless.agent.swap.ObservedContainer.State.PAUSED;
import static dev.bumpless.agent.swap.ObservedContainer.State.RESTARTING;
import static dev.bumpless.agent.swap.ObservedContainer.State.RUNNING;
import static dev.bumpless.agent.swap.Slot.BLUE;
import static dev.bumpless.agent.swap.Slot.GREEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.agent.swap.Notes.Stage;
import dev.bumpless.agent.swap.ObservedContainer.State;
import dev.bumpless.manifest.Opening;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Release;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is seen, and the step that follows from it. */
class SwapPlannerTest {
  private static final Duration NONE = Duration.ZERO;
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final Desired FIRST = run(1, release(1), 1);
  private static final Desired SECOND = run(2, release(2), 1);
  private static final InstanceKey B0 = key(BLUE, 0);
  private static final InstanceKey G0 = key(GREEN, 0);

  private static Arguments row(String name, Desired desired, Sight sight, String step) {
    return Arguments.of(name, desired, sight.seen(), step);
  }

  private static Sight sight() {
    return new Sight();
  }

  private static Opening opening(Duration from, Duration until) {
    return new Opening(Sight.NOW.plus(from), Sight.NOW.plus(until));
  }

  /** Release 1 serves from blue, and release 2 is on its way to green. */
  private static Sight upgrading(Stage stage) {
    return sight().current(BLUE, release(1)).swap(SECOND, GREEN, stage);
  }

  private static Sight greenStarted() {
    return upgrading(Stage.STAGED).container(G0, release(2), RUNNING).started(G0, NONE);
  }

  private static Sight greenReady() {
    return greenStarted().passed(G0, 3, NONE);
  }

  /** Release 2 serves from green, and blue is warm. */
  private static Sight baking(Duration since) {
    return sight()
        .current(BLUE, release(1))
        .swap(SECOND, GREEN, Stage.STAGED)
        .container(G0, release(2), RUNNING)
        .crossingFrom(B0)
        .flipped(since);
  }

  /** As {@link #baking}, with the table as it is after the flip. */
  private static ObservedApp flipped(Sight sight) {
    ObservedApp seen = sight.target(G0).seen();
    RouteTable.AppRoutes routes = seen.routes().orElseThrow();
    return new ObservedApp(
        seen.app(),
        seen.containers(),
        Optional.of(
            new RouteTable.AppRoutes(
                2, routes.routes(), routes.targets(), new TreeSet<>(List.of(G0)))),
        seen.traffic(),
        seen.copy(),
        seen.entry(),
        seen.notes(),
        seen.lease(),
        seen.now(),
        seen.wall());
  }

  static Stream<Arguments> beginnings() {
    return Stream.of(
        row("first install", FIRST, sight(), "begin pump@1#1 in blue, life 1"),
        row(
            "upgrade",
            SECOND,
            sight().current(BLUE, release(1)),
            "begin pump@2#1 in green, life 1"),
        row(
            "upgrade from green",
            SECOND,
            sight().current(GREEN, release(1)),
            "begin pump@2#1 in blue, life 1"),
        row("it serves already", FIRST, sight().current(BLUE, release(1)), "settle UNCHANGED"),
        row(
            "restart is a higher attempt",
            run(2, release(1), 2),
            sight().current(BLUE, release(1)),
            "begin pump@1#2 in green, life 1"),
        row(
            "failed here before",
            SECOND,
            sight().current(BLUE, release(1)).failed(release(2)),
            "settle ROLLED_BACK"),
        row(
            "failed before, asked for again",
            run(3, release(2), 2),
            sight().current(BLUE, release(1)).failed(release(2)),
            "begin pump@2#2 in green, life 1"),
        row(
            "failed before, its rollout asks again",
            Apps.retry(3, SECOND, 2),
            sight().current(BLUE, release(1)).failed(release(2)).last(SECOND, Phase.ROLLED_BACK),
            "begin pump@2#2 in green, life 1"),
        row(
            "journal lost in the middle of a rolling swap",
            SECOND,
            sight()
                .container(B0, release(1), RUNNING)
                .container(key(GREEN, 1), release(2), RUNNING)
                .serving(B0)
                .serving(key(GREEN, 1)),
            "flip to blue/0"));
  }

  static Stream<Arguments> preparations() {
    return Stream.of(
        row(
            "leftovers of another life first",
            SECOND,
            upgrading(Stage.CLEANING).container(G0, release(2), RUNNING),
            "stop green/0"),
        row(
            "leftovers that are stopped",
            SECOND,
            upgrading(Stage.CLEANING).container(G0, release(2), EXITED),
            "remove green/0"),
        row("then the preflight", SECOND, upgrading(Stage.CLEANING), "check pump@2 for 1"),
        row("then the images", SECOND, upgrading(Stage.PULLING), "pull"),
        row(
            "registry down: wait",
            SECOND,
            upgrading(Stage.PULLING).trouble(1, false, Duration.ofSeconds(1)),
            "wait"),
        row(
            "registry down: again",
            SECOND,
            upgrading(Stage.PULLING).trouble(6, false, NONE),
            "pull"),
        row(
            "registry down for good",
            SECOND,
            upgrading(Stage.PULLING).trouble(7, false, NONE),
            "turn back to end ROLLED_BACK, never again"),
        row(
            "no such image",
            SECOND,
            upgrading(Stage.PULLING).trouble(1, true, NONE),
            "turn back to end ROLLED_BACK, never again"),
        row("then it may begin", SECOND, upgrading(Stage.AT_GATE), "pass"),
        row("but not under a lease", SECOND, upgrading(Stage.AT_GATE).leased(LONG), "wait"),
        row(
            "a wait is not a death",
            SECOND,
            upgrading(Stage.AT_GATE).leased(LONG).lives(4),
            "arrive"),
        row(
            "a lease does not keep it from pulling",
            SECOND,
            upgrading(Stage.PULLING).leased(LONG),
            "pull"),
        row(
            "forced past a lease",
            Apps.forced(3, SECOND),
            upgrading(Stage.AT_GATE).leased(LONG),
            "pass even so"),
        row(
            "before its window",
            Apps.inside(3, SECOND, opening(Duration.ofSeconds(1), LONG)),
            upgrading(Stage.AT_GATE),
            "wait"),
        row(
            "a window does not keep it from pulling",
            Apps.inside(3, SECOND, opening(LONG, LONG.plus(LONG))),
            upgrading(Stage.PULLING),
            "pull"),
        row(
            "inside its window",
            Apps.inside(3, SECOND, opening(NONE, Duration.ofSeconds(1))),
            upgrading(Stage.AT_GATE),
            "pass"),
        row(
            "inside its window, and under a lease",
            Apps.inside(3, SECOND, opening(NONE, LONG)),
            upgrading(Stage.AT_GATE).leased(LONG),
            "wait"),
        row(
            "after its window",
            Apps.inside(3, SECOND, opening(LONG.negated(), NONE)),
            upgrading(Stage.AT_GATE),
            "wait"),
        row(
            "waiting for a window is not a death",
            Apps.inside(3, SECOND, opening(LONG, LONG.plus(LONG))),
            upgrading(Stage.AT_GATE).lives(4),
            "arrive"),
        row(
            "what has begun heeds no window any more",
            Apps.inside(3, SECOND, opening(LONG.negated(), NONE)),
            upgrading(Stage.STAGED),
            "create green/0 of pump@2#1"),
        row(
            "taken back at the gate",
            Apps.cancelled(3, SECOND),
            upgrading(Stage.AT_GATE),
            "turn back to end CANCELLED"),
        row(
            "taken back before the flip",
            Apps.cancelled(3, SECOND),
            upgrading(Stage.STAGED),
            "turn back to end CANCELLED"),
        row(
            "taken back after it was meant to flip",
            Apps.cancelled(3, SECOND),
            upgrading(Stage.STAGED).crossingFrom(B0),
            "create green/0 of pump@2#1"),
        row(
            "taken back before it began",
            Apps.cancelled(3, SECOND),
            sight().current(BLUE, release(1)),
            "settle CANCELLED"),
        row(
            "taken back, and it rests",
            Apps.cancelled(3, SECOND),
            sight().current(BLUE, release(1)).last(Apps.cancelled(3, SECOND), Phase.CANCELLED),
            "collect images"),
        row(
            "taken back, and said again",
            Apps.inside(4, SECOND, opening(LONG, LONG.plus(LONG))),
            sight().current(BLUE, release(1)).last(Apps.cancelled(3, SECOND), Phase.CANCELLED),
            "begin pump@2#1 in green, life 1"),
        row(
            "another order is no force for this one",
            Apps.forced(4, run(3, release(3), 1)),
            upgrading(Stage.AT_GATE).leased(LONG),
            "turn back to end SUPERSEDED"),
        row(
            "agent restarted between intent and flip: no lease came since",
            SECOND,
            upgrading(Stage.NONE)
                .container(G0, release(2), RUNNING)
                .target(G0)
                .crossingFrom(B0)
                .leased(LONG),
            "start green/0"),
        row("create", SECOND, upgrading(Stage.STAGED), "create green/0 of pump@2#1"),
        row(
            "start",
            SECOND,
            upgrading(Stage.STAGED).container(G0, release(2), CREATED),
            "start green/0"),
        row("probe", SECOND, greenStarted(), "probe green/0"),
        row(
            "probed just now",
            SECOND,
            greenStarted().failedProbes(G0, 1, Duration.ofMillis(20)),
            "wait"),
        row(
            "soon again before the first pass",
            SECOND,
            greenStarted().failedProbes(G0, 1, Duration.ofMillis(50)),
            "probe green/0"),
        row(
            "at the policy's pace after it",
            SECOND,
            greenStarted().passed(G0, 1, Duration.ofMillis(999)),
            "wait"),
        row(
            "too late",
            SECOND,
            upgrading(Stage.STAGED)
                .container(G0, release(2), RUNNING)
                .started(G0, Duration.ofSeconds(60))
                .failedProbes(G0, 9, NONE),
            "turn back to end ROLLED_BACK, never again"),
        row(
            "late, but it was not asked yet",
            SECOND,
            upgrading(Stage.STAGED)
                .container(G0, release(2), RUNNING)
                .started(G0, Duration.ofSeconds(70)),
            "probe green/0"),
        row(
            "late, but it answers and was not asked often enough",
            SECOND,
            upgrading(Stage.STAGED)
                .container(G0, release(2), RUNNING)
                .started(G0, Duration.ofSeconds(70))
                .passed(G0, 2, Duration.ofSeconds(1)),
            "probe green/0"),
        row(
            "exited while probed",
            SECOND,
            upgrading(Stage.STAGED).container(G0, release(2), EXITED).started(G0, NONE),
            "turn back to end ROLLED_BACK, never again"),
        row(
            "out of memory while probed",
            SECOND,
            upgrading(Stage.STAGED)
                .container(G0, release(2), RUNNING, true, 0)
                .started(G0, NONE)
                .passed(G0, 3, NONE),
            "turn back to end ROLLED_BACK, never again"),
        row(
            "routes beside those that serve",
            SECOND,
            greenReady(),
            "define {0.0.0.0:1880=http} to blue/0{0.0.0.0:1880=10.0.0.100:8080},"
                + "green/0{0.0.0.0:1880=10.0.0.200:8080}"),
        row(
            "the engine's restart before the hold",
            SECOND,
            greenReady().target(G0),
            "keep alive green/0"),
        row("flip", SECOND, greenReady().target(G0).keptAlive(G0), "flip to green/0 at last"),
        row(
            "agent restarted before the flip: begin again",
            SECOND,
            upgrading(Stage.NONE).container(G0, release(2), RUNNING),
            "begin pump@2#1 in green, life 2"),
        row(
            "agent restarted too often",
            SECOND,
            upgrading(Stage.NONE).lives(5),
            "turn back to end ROLLED_BACK, never again"),
        row(
            "agent restarted between intent and flip: probe again before it",
            SECOND,
            upgrading(Stage.NONE).container(G0, release(2), RUNNING).target(G0).crossingFrom(B0),
            "start green/0"),
        row(
            "newer order before the flip",
            run(3, release(3), 1),
            greenReady(),
            "turn back to end SUPERSEDED"),
        row(
            "its rollout asks again while it is at it",
            Apps.retry(3, SECOND, 2),
            greenReady(),
            "turn back to end SUPERSEDED"),
        row(
            "going back before the flip: blue serves",
            SECOND,
            greenReady().back(Phase.ROLLED_BACK),
            "settle ROLLED_BACK"));
  }

  private static Arguments bake(String name, Desired desired, Sight sight, String step) {
    return Arguments.of(name, desired, flipped(sight), step);
  }

  static Stream<Arguments> bakes() {
    Sight healthy = baking(Duration.ofSeconds(3)).started(G0, LONG);
    return Stream.of(
        bake(
            "crash between flip and note",
            SECOND,
            upgrading(Stage.NONE).container(G0, release(2), RUNNING).crossingFrom(B0),
            "start bake"),
        bake("watch", SECOND, healthy, "probe green/0"),
        bake(
            "between two probes",
            SECOND,
            baking(Duration.ofSeconds(3)).started(G0, LONG).passed(G0, 3, NONE),
            "wait"),
        bake(
            "over: what it uses of its memory",
            SECOND,
            baking(Duration.ofSeconds(30)).started(G0, LONG).passed(G0, 3, NONE),
            "weigh"),
        bake(
            "over, but the last probe failed",
            SECOND,
            baking(Duration.ofSeconds(30)).started(G0, LONG).failedProbes(G0, 1, NONE),
            "wait"),
        bake(
            "over, but the old slot still answers",
            SECOND,
            baking(Duration.ofSeconds(30))
                .started(G0, LONG)
                .passed(G0, 3, NONE)
                .outFor(B0, Duration.ofSeconds(29))
                .underway(B0, 1, 0),
            "wait"),
        bake(
            "the drain is over before the bake",
            SECOND,
            baking(Duration.ofSeconds(29))
                .started(G0, LONG)
                .passed(G0, 3, NONE)
                .outFor(B0, Duration.ofSeconds(30))
                .underway(B0, 1, 0),
            "cut blue/0"),
        bake(
            "three failed probes",
            SECOND,
            baking(NONE).started(G0, LONG).failedProbes(G0, 3, NONE),
            "turn back to end ROLLED_BACK, never again"),
        bake(
            "two failed probes",
            SECOND,
            baking(NONE).started(G0, LONG).failedProbes(G0, 2, NONE),
            "wait"),
        bake(
            "requests fail",
            SECOND,
            baking(NONE).started(G0, LONG).passed(G0, 1, NONE).underway(G0, 0, 3),
            "turn back to end ROLLED_BACK, never again"),
        bake(
            "newer order waits",
            run(3, release(3), 1),
            baking(NONE).started(G0, LONG).passed(G0, 1, NONE),
            "wait"),
        bake(
            "undo goes back at once",
            run(3, release(1), 2),
            baking(NONE).started(G0, LONG).passed(G0, 1, NONE),
            "turn back to end COMMITTED"),
        bake(
            "going back: see blue first",
            SECOND,
            baking(NONE).back(Phase.ROLLED_BACK),
            "probe blue/0"),
        bake(
            "going back: one pass is enough for what ran on",
            SECOND,
            baking(NONE).passed(B0, 1, NONE).back(Phase.ROLLED_BACK),
            "flip to blue/0"),
        bake(
            "going back: blue does not answer either",
            SECOND,
            baking(NONE).failedProbes(B0, 3, NONE).back(Phase.ROLLED_BACK),
            "settle INCONSISTENT"),
        bake(
            "undo, but blue does not answer: put up anew",
            SECOND,
            baking(NONE).failedProbes(B0, 3, NONE).back(Phase.COMMITTED),
            "settle SUPERSEDED"));
  }

  private static final Desired SECOND_TWIN = run(2, twin(2), 1);

  /** As {@link #baking}, of two containers each, web first. */
  private static Sight twins(State blueDb, State greenDb, int greenDbRestarts) {
    return sight()
        .current(BLUE, twin(1))
        .db(B0, twin(1), blueDb)
        .swap(SECOND_TWIN, GREEN, Stage.STAGED)
        .container(G0, twin(2), RUNNING)
        .container(G0, "db", twin(2), greenDb, false, greenDbRestarts)
        .crossingFrom(B0)
        .flipped(NONE);
  }

  /** A container that ends beside one that runs. */
  static Stream<Arguments> twins() {
    return Stream.of(
        row(
            "one ends while the instance is probed",
            SECOND_TWIN,
            sight()
                .current(BLUE, twin(1))
                .db(B0, twin(1), RUNNING)
                .swap(SECOND_TWIN, GREEN, Stage.STAGED)
                .container(G0, twin(2), RUNNING)
                .db(G0, twin(2), EXITED)
                .started(G0, NONE)
                .passed(G0, 3, NONE),
            "turn back to end ROLLED_BACK, never again"),
        row(
            "one that is paused is not flipped to",
            SECOND_TWIN,
            sight()
                .current(BLUE, twin(1))
                .db(B0, twin(1), RUNNING)
                .swap(SECOND_TWIN, GREEN, Stage.STAGED)
                .container(G0, twin(2), RUNNING)
                .db(G0, twin(2), PAUSED)
                .target(G0)
                .started(G0, NONE)
                .keptAlive(G0)
                .passed(G0, 3, NONE),
            "wait"),
        bake(
            "both run",
            SECOND_TWIN,
            twins(RUNNING, RUNNING, 0).started(G0, LONG).passed(G0, 3, NONE),
            "wait"),
        bake(
            "one ends in the bake",
            SECOND_TWIN,
            twins(RUNNING, EXITED, 0).started(G0, LONG).passed(G0, 3, NONE),
            "turn back to end ROLLED_BACK, never again"),
        bake(
            "one is started again by the engine",
            SECOND_TWIN,
            twins(RUNNING, RUNNING, 1).started(G0, LONG).passed(G0, 3, NONE),
            "turn back to end ROLLED_BACK, never again"),
        bake(
            "one keeps restarting",
            SECOND_TWIN,
            twins(RUNNING, RESTARTING, 0).started(G0, LONG).passed(G0, 3, NONE),
            "turn back to end ROLLED_BACK, never again"),
        bake(
            "one ended while no agent ran",
            SECOND_TWIN,
            twins(RUNNING, EXITED, 0),
            "turn back to end ROLLED_BACK, never again"),
        bake(
            "one ends in both slots: not the machine's doing, for the others run",
            SECOND_TWIN,
            twins(EXITED, EXITED, 0).started(G0, LONG).passed(G0, 3, NONE),
            "turn back to end ROLLED_BACK, never again"),
        bake(
            "the old slot lost one: it is kept warm",
            SECOND_TWIN,
            twins(EXITED, RUNNING, 0).started(G0, LONG).passed(G0, 3, NONE),
            "start blue/0"),
        bake(
            "going back: what ended is started, though it passed before",
            SECOND_TWIN,
            twins(EXITED, EXITED, 0).passed(B0, 1, NONE).back(Phase.ROLLED_BACK),
            "start blue/0"),
        bake(
            "going back: started, to be seen",
            SECOND_TWIN,
            twins(RUNNING, EXITED, 0).started(B0, NONE).back(Phase.ROLLED_BACK),
            "probe blue/0"),
        bake(
            "going back: one pass is not enough for what was started",
            SECOND_TWIN,
            twins(RUNNING, EXITED, 0).started(B0, NONE).passed(B0, 1, NONE).back(Phase.ROLLED_BACK),
            "wait"),
        bake(
            "going back: healthy again",
            SECOND_TWIN,
            twins(RUNNING, EXITED, 0)
                .started(B0, NONE)
                .passed(B0, 3, NONE)
                .keptAlive(B0)
                .back(Phase.ROLLED_BACK),
            "flip to blue/0"),
        bake(
            "going back: it ended again, so there is no choice",
            SECOND_TWIN,
            twins(EXITED, EXITED, 0)
                .started(B0, NONE)
                .passed(B0, 3, NONE)
                .keptAlive(B0)
                .back(Phase.ROLLED_BACK),
            "settle INCONSISTENT"),
        row(
            "at rest: one is down beside the other",
            FIRST,
            sight()
                .current(BLUE, twin(1))
                .db(B0, twin(1), EXITED)
                .last(FIRST, Phase.COMMITTED)
                .collected(),
            "start blue/0"),
        row(
            "at rest: one was removed beside the other",
            FIRST,
            sight().current(BLUE, twin(1)).last(FIRST, Phase.COMMITTED).collected(),
            "create blue/0 of pump@1#1"));
  }

  static Stream<Arguments> rolling() {
    Release one = Sight.three(1, Strategy.ROLLING);
    Desired two = run(2, Sight.three(2, Strategy.ROLLING), 1);
    Release newer = two.release().orElseThrow();
    Sight first = sight().current(BLUE, one).swap(two, GREEN, Stage.STAGED);
    return Stream.of(
        row(
            "asks for memory for one",
            two,
            sight().current(BLUE, one).swap(two, GREEN, Stage.CLEANING),
            "check pump@2 for 1"),
        row("one at a time", two, first, "create green/0 of pump@2#1"),
        row(
            "one for one",
            two,
            sight()
                .current(BLUE, one)
                .swap(two, GREEN, Stage.STAGED)
                .container(G0, newer, RUNNING)
                .target(G0)
                .started(G0, NONE)
                .keptAlive(G0)
                .passed(G0, 3, NONE),
            "flip to blue/1,blue/2,green/0"),
        row(
            "the replaced one stops before the next starts",
            two,
            sight()
                .container(B0, one, RUNNING)
                .target(B0)
                .container(key(BLUE, 1), one, RUNNING)
                .serving(key(BLUE, 1))
                .container(key(BLUE, 2), one, RUNNING)
                .serving(key(BLUE, 2))
                .swap(two, GREEN, Stage.STAGED)
                .crossingFrom(B0, key(BLUE, 1), key(BLUE, 2))
                .container(G0, newer, RUNNING)
                .serving(G0),
            "let die blue/0"),
        row(
            "then the next",
            two,
            sight()
                .container(B0, one, EXITED)
                .container(key(BLUE, 1), one, RUNNING)
                .serving(key(BLUE, 1))
                .container(key(BLUE, 2), one, RUNNING)
                .serving(key(BLUE, 2))
                .swap(two, GREEN, Stage.STAGED)
                .crossingFrom(B0, key(BLUE, 1), key(BLUE, 2))
                .container(G0, newer, RUNNING)
                .serving(G0),
            "create green/1 of pump@2#1"),
        row(
            "a new one that falls in the middle",
            two,
            sight()
                .container(B0, one, EXITED)
                .container(key(BLUE, 1), one, RUNNING)
                .serving(key(BLUE, 1))
                .container(key(BLUE, 2), one, RUNNING)
                .serving(key(BLUE, 2))
                .swap(two, GREEN, Stage.STAGED)
                .crossingFrom(B0, key(BLUE, 1), key(BLUE, 2))
                .container(G0, newer, RUNNING, false, 1)
                .serving(G0),
            "turn back to end ROLLED_BACK, never again"),
        row(
            "is sent nothing more at once",
            two,
            sight()
                .container(B0, one, EXITED)
                .container(key(BLUE, 1), one, RUNNING)
                .serving(key(BLUE, 1))
                .container(key(BLUE, 2), one, RUNNING)
                .serving(key(BLUE, 2))
                .swap(two, GREEN, Stage.STAGED)
                .crossingFrom(B0, key(BLUE, 1), key(BLUE, 2))
                .container(G0, newer, RUNNING, false, 1)
                .serving(G0)
                .back(Phase.ROLLED_BACK),
            "flip to blue/1,blue/2"));
  }

  static Stream<Arguments> rests() {
    Release three = Sight.three(1, Strategy.BLUE_GREEN);
    Desired first = run(1, three, 1);
    return Stream.of(
        row(
            "what is over and not in its place goes",
            FIRST,
            sight()
                .current(BLUE, release(1))
                .last(FIRST, Phase.COMMITTED)
                .container(G0, release(2), RUNNING),
            "stop green/0"),
        row(
            "images once",
            FIRST,
            sight().current(BLUE, release(1)).last(FIRST, Phase.COMMITTED),
            "collect images"),
        row(
            "a look now and then",
            FIRST,
            sight()
                .current(BLUE, release(1))
                .last(FIRST, Phase.COMMITTED)
                .collected()
                .passed(B0, 9, Duration.ofSeconds(30)),
            "probe blue/0"),
        row(
            "nothing between",
            FIRST,
            sight()
                .current(BLUE, release(1))
                .last(FIRST, Phase.COMMITTED)
                .collected()
                .passed(B0, 9, Duration.ofSeconds(29)),
            "wait"),
        row(
            "down after a reboot",
            FIRST,
            sight().current(BLUE, release(1), EXITED).last(FIRST, Phase.COMMITTED),
            "start blue/0"),
        row(
            "down, and what may not run beside it was left running",
            run(1, alone(1), 1),
            sight()
                .current(BLUE, alone(1), EXITED)
                .container(G0, alone(2), RUNNING)
                .last(run(1, alone(1), 1), Phase.COMMITTED),
            "stop green/0"),
        row(
            "down again at once",
            FIRST,
            sight()
                .current(BLUE, release(1), EXITED)
                .last(FIRST, Phase.COMMITTED)
                .started(B0, Duration.ofSeconds(2)),
            "wait"),
        row(
            "one of three is dead",
            first,
            sight()
                .container(key(BLUE, 1), three, RUNNING)
                .container(key(BLUE, 2), three, RUNNING)
                .last(first, Phase.COMMITTED)
                .container(B0, three, EXITED)
                .serving(B0)
                .serving(key(BLUE, 1))
                .serving(key(BLUE, 2)),
            "flip to blue/1,blue/2"),
        row(
            "stopped stays stopped",
            Apps.stop(2, Apps.PUMP),
            sight()
                .currentOnly(BLUE, release(1), EXITED)
                .target(B0)
                .last(Apps.stop(2, Apps.PUMP), Phase.STOPPED)
                .collected(),
            "wait"),
        row(
            "and is started where it is",
            run(3, release(1), 1),
            sight()
                .currentOnly(BLUE, release(1), EXITED)
                .target(B0)
                .last(Apps.stop(2, Apps.PUMP), Phase.STOPPED),
            "begin pump@1#1 in blue, life 1"),
        row(
            "from the containers that it has",
            run(3, release(1), 1),
            sight()
                .currentOnly(BLUE, release(1), EXITED)
                .target(B0)
                .last(Apps.stop(2, Apps.PUMP), Phase.STOPPED)
                .swap(run(3, release(1), 1), BLUE, Stage.CLEANING),
            "check pump@1 for 1"),
        row(
            "the router has lost its table",
            FIRST,
            lostTable().passed(B0, 3, NONE),
            "define {0.0.0.0:1880=http} to blue/0{0.0.0.0:1880=10.0.0.100:8080}"),
        row(
            "and gets it back",
            FIRST,
            lostTable().passed(B0, 3, NONE).target(B0),
            "flip to blue/0"));
  }

  private static Release alone(long counter) {
    return Apps.release(
        Apps.alone(Apps.app(Apps.PUMP, counter, 1, Strategy.BLUE_GREEN, 1880)), counter);
  }

  private static Sight lostTable() {
    return sight().currentOnly(BLUE, release(1), RUNNING).last(FIRST, Phase.COMMITTED);
  }

  static Stream<Arguments> ends() {
    Desired stop = Apps.stop(3, Apps.PUMP);
    Desired delete = Apps.delete(3, Apps.PUMP);
    return Stream.of(
        row("stop: somebody may want it as it is", stop, sight().current(BLUE, release(1)), "pass"),
        row("stop: under a lease", stop, sight().current(BLUE, release(1)).leased(LONG), "wait"),
        row(
            "stop: forced",
            Apps.forced(4, stop),
            sight().current(BLUE, release(1)).leased(LONG),
            "pass even so"),
        row(
            "stop: nobody is sent there",
            stop,
            sight().current(BLUE, release(1)).at(Stage.STAGED),
            "flip to nobody"),
        row(
            "delete: nobody is served, a lease keeps nothing",
            delete,
            sight().container(B0, release(1), EXITED).target(B0).leased(LONG),
            "remove blue/0"),
        row(
            "stop: what is under way ends",
            stop,
            sight()
                .container(B0, release(1), RUNNING)
                .target(B0)
                .underway(B0, 2, 0)
                .outFor(B0, NONE),
            "wait"),
        row(
            "stop: the engine does not bring it back",
            stop,
            sight().container(B0, release(1), RUNNING).target(B0),
            "let die blue/0"),
        row(
            "stop: done",
            stop,
            sight().container(B0, release(1), EXITED).target(B0),
            "settle STOPPED"),
        row(
            "delete: containers",
            delete,
            sight().container(B0, release(1), EXITED).target(B0),
            "remove blue/0"),
        row("delete: routes", delete, sight().routes(), "remove routes"),
        row("delete: done", delete, sight(), "settle DELETED"));
  }

  @Test
  void whatIsTriedAgainSaysWhen() {
    ObservedApp failing = upgrading(Stage.PULLING).trouble(3, false, Duration.ofSeconds(4)).seen();

    Plan plan = new SwapPlanner("0.0.0.0").plan(SECOND, failing);

    assertThat(plan.message())
        .isEqualTo("the registry is down; backing off, try 4 at 2026-01-01T12:00:04Z");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"beginnings", "preparations", "bakes", "twins", "rolling", "rests", "ends"})
  void plans(String name, Desired desired, ObservedApp seen, String step) {
    Plan plan = new SwapPlanner("0.0.0.0").plan(desired, seen);

    assertThat(plan.step().runWith(new StepWords())).as(plan.message()).isEqualTo(step);
    assertThat(plan.message()).isNotBlank();
  }
}
