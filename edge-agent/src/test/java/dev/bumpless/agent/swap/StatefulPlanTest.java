package dev.bumpless.agent.swap;

import static dev.bumpless.agent.swap.Apps.key;
import static dev.bumpless.agent.swap.Apps.run;
import static dev.bumpless.agent.swap.ObservedContainer.State.CREATED;
import static dev.bumpless.agent.swap.ObservedContainer.State.EXITED;
import static dev.bumpless.agent.swap.ObservedContainer.State.RUNNING;
import static dev.bumpless.agent.swap.Slot.BLUE;
import static dev.bumpless.agent.swap.Slot.GREEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.agent.swap.Comparison.Difference;
import dev.bumpless.agent.swap.Comparison.Round;
import dev.bumpless.agent.swap.Notes.Stage;
import dev.bumpless.agent.swap.StateCopy.WayBack;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Compare;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Release;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is seen of an app with state, the step that follows from it, and what is told. */
class StatefulPlanTest {
  private static final Duration NOW = Duration.ZERO;
  private static final InstanceKey B0 = key(BLUE, 0);
  private static final InstanceKey G0 = key(GREEN, 0);

  private static Release release(long counter, UnaryOperator<App> kind) {
    App plain = Apps.app(Apps.PUMP, counter, 1, Strategy.BLUE_GREEN, 1880);
    return Apps.release(kind.apply(plain), counter);
  }

  private static App compared(App app) {
    Compare.Document page = new Compare.Document("web", 8080, "/", List.of(), List.of());
    Compare compare = new Compare(Duration.ofSeconds(30), List.of(), List.of(), List.of(page));
    return new App(
        app.name(),
        app.containers(),
        app.ports(),
        app.health(),
        app.probe(),
        app.replicas(),
        app.upgrade(),
        app.state(),
        Optional.of(compare),
        app.policy(),
        app.waivers());
  }

  /** Release 1 serves from blue, and release 2 is ready in green. */
  private static Sight ready(UnaryOperator<App> kind) {
    Release second = release(2, kind);
    return new Sight()
        .current(BLUE, release(1, kind))
        .swap(run(2, second, 1), GREEN, Stage.STAGED)
        .container(G0, second, RUNNING)
        .started(G0, NOW)
        .passed(G0, 3, NOW)
        .keptAlive(G0)
        .target(G0);
  }

  private static Sight modbus() {
    return ready(Apps::modbus).routes("modbus");
  }

  /** The flip to green is done, and blue is warm. */
  private static Sight baking(UnaryOperator<App> kind, Duration since) {
    return ready(kind).crossingFrom(B0).flipped(since);
  }

  private static Sight bakingModbus(Duration since) {
    return baking(Apps::modbus, since).routes("modbus");
  }

  private static Sight goingBackModbus(Phase ending) {
    return bakingModbus(Duration.ofSeconds(5)).back(ending).passed(B0, 1, NOW);
  }

  private static Arguments row(
      String name, UnaryOperator<App> kind, ObservedApp seen, String step, String told) {
    return Arguments.of(name, run(2, release(2, kind), 1), seen, step, told);
  }

  private static ObservedApp serving(Sight sight, InstanceKey key) {
    ObservedApp seen = sight.seen();
    RouteTable.AppRoutes routes = seen.routes().orElseThrow();
    RouteTable.AppRoutes flipped =
        new RouteTable.AppRoutes(2, routes.routes(), routes.targets(), new TreeSet<>(List.of(key)));
    return new ObservedApp(
        seen.app(),
        seen.containers(),
        Optional.of(flipped),
        seen.traffic(),
        seen.copy(),
        seen.entry(),
        seen.notes(),
        seen.lease(),
        seen.now(),
        seen.wall());
  }

  static Stream<Arguments> copies() {
    return Stream.of(
        row(
            "first the router copies",
            Apps::modbus,
            modbus().seen(),
            "copy blue/0 to green/0 by 0.0.0.0:1880",
            "carrying the values"),
        row(
            "until it is whole",
            Apps::modbus,
            modbus().copy(B0, G0, StateCopy.Phase.COPYING, 60, WayBack.NONE, "").seen(),
            "wait",
            "100 values of blue/0 to green/0: copying, 40 written, 60 to do"),
        row(
            "a copy that failed",
            Apps::modbus,
            modbus()
                .copy(B0, G0, StateCopy.Phase.FAILED, 60, WayBack.NONE, "green/0 lacks unit 1")
                .seen(),
            "turn back to end ROLLED_BACK, never again",
            "could not be carried over: green/0 lacks unit 1"),
        row(
            "a copy of another pair counts for nothing",
            Apps::modbus,
            modbus().copy(G0, B0, StateCopy.Phase.FAILED, 0, WayBack.CLOSED, "old").seen(),
            "copy blue/0 to green/0 by 0.0.0.0:1880",
            "carrying"),
        row(
            "whole: the last of it inside the hold",
            Apps::modbus,
            modbus().copy(B0, G0, StateCopy.Phase.WHOLE, 0, WayBack.NONE, "").seen(),
            "flip to green/0 at last, inside: sync",
            "flipping"),
        row(
            "what does not run has nothing to carry",
            Apps::modbus,
            new Sight()
                .current(BLUE, release(1, Apps::modbus), EXITED)
                .swap(run(2, release(2, Apps::modbus), 1), GREEN, Stage.STAGED)
                .container(G0, release(2, Apps::modbus), RUNNING)
                .started(G0, NOW)
                .passed(G0, 3, NOW)
                .keptAlive(G0)
                .target(G0)
                .routes("modbus")
                .seen(),
            "flip to green/0 at last",
            "flipping"));
  }

  static Stream<Arguments> rehearsals() {
    Carry slow = Carry.NONE.withRehearsal(0, Duration.ofMillis(1500));
    Carry quick = Carry.NONE.withRehearsal(0, Duration.ofMillis(200));
    return Stream.of(
        row(
            "state that commands carry is brought once while blue serves",
            Apps::standby,
            ready(Apps::standby).promoted(B0).seen(),
            "rehearse state 0 from blue/0 to green/0",
            "how long the hold has to be"),
        row(
            "what cannot fit is refused before anybody waits",
            Apps::standby,
            ready(Apps::standby).promoted(B0).carry(slow).seen(),
            "turn back to end ROLLED_BACK, never again",
            "took 1500 ms in a rehearsal"),
        row(
            "standby: blue rests, state is brought, green acts",
            Apps::standby,
            ready(Apps::standby).promoted(B0).carry(quick).seen(),
            "flip to green/0 at last, inside: quiet blue/0, demote blue/0, bring blue/0 to green/0,"
                + " promote green/0",
            "flipping"),
        row(
            "standby: blue has to act again, after a hold that its agent did not live through",
            Apps::standby,
            ready(Apps::standby).crossingFrom(B0).seen(),
            "promote blue/0",
            "serve again"),
        row(
            "alone: one stops for the other, inside the hold",
            Apps::alone,
            alone().carry(quick).seen(),
            "flip to green/0 at last, inside: quiet blue/0, stop blue/0, bring blue/0 to green/0,"
                + " start green/0",
            "flipping"),
        row(
            "alone: green that runs after a hold that its agent did not live through stops first",
            Apps::alone,
            alone().state(B0, EXITED).state(G0, RUNNING).crossingFrom(B0).seen(),
            "stop green/0",
            "serve again"),
        row(
            "alone: so does what an earlier swap has left there, with more replicas",
            Apps::alone,
            alone()
                .state(B0, EXITED)
                .container(new InstanceKey(Apps.PUMP, GREEN, 1), release(3, Apps::alone), RUNNING)
                .seen(),
            "stop green/1",
            "serve again"),
        row(
            "alone: blue does not start, and at the gate it is not tried without a pause",
            Apps::alone,
            new Sight()
                .current(BLUE, release(1, Apps::alone), EXITED)
                .swap(run(2, release(2, Apps::alone), 1), GREEN, Stage.AT_GATE)
                .trouble(9, false, Duration.ofSeconds(60))
                .seen(),
            "wait",
            "backing off"),
        row(
            "alone: then blue starts",
            Apps::alone,
            alone().state(B0, EXITED).crossingFrom(B0).seen(),
            "start blue/0",
            "serve again"),
        row(
            "alone: blue that was started by an undo stops, where the table has green all the same",
            Apps::alone,
            serving(alone().crossingFrom(B0).flipped(Duration.ZERO), G0),
            "stop blue/0",
            "may not run beside"),
        row(
            "alone: so does what did not serve before, but runs",
            Apps::alone,
            serving(
                alone()
                    .state(B0, EXITED)
                    .container(
                        new InstanceKey(Apps.PUMP, BLUE, 1), release(1, Apps::alone), RUNNING)
                    .crossingFrom(B0)
                    .flipped(Duration.ZERO),
                G0),
            "stop blue/1",
            "may not run beside"),
        row(
            "alone: then green starts",
            Apps::alone,
            serving(alone().state(B0, EXITED).crossingFrom(B0).flipped(Duration.ZERO), G0),
            "start green/0",
            "starting it"));
  }

  private static Sight alone() {
    Release second = release(2, Apps::alone);
    return new Sight()
        .current(BLUE, release(1, Apps::alone))
        .swap(run(2, second, 1), GREEN, Stage.STAGED)
        .container(G0, second, CREATED)
        .target(G0);
  }

  static Stream<Arguments> comparisons() {
    UnaryOperator<App> kind = StatefulPlanTest::compared;
    Round same = new Round(10, List.of());
    Round other = new Round(10, List.of(new Difference("unit 1 holding 7", "3, and 4 before")));
    Instants t = new Instants();
    return Stream.of(
        row("reads go to both", kind, ready(kind).seen(), "compare green/0 with blue/0", "alike"),
        row(
            "for as long as the manifest says",
            kind,
            ready(kind).carry(Carry.NONE.compared(same, t.ago(29))).seen(),
            "compare green/0 with blue/0",
            "alike"),
        row(
            "a difference once is none",
            kind,
            ready(kind).carry(Carry.NONE.compared(other, t.ago(31))).seen(),
            "compare green/0 with blue/0",
            "alike"),
        row(
            "twice it stops the upgrade",
            kind,
            ready(kind)
                .carry(Carry.NONE.compared(other, t.ago(2)).compared(other, t.ago(1)))
                .seen(),
            "turn back to end ROLLED_BACK, never again",
            "unit 1 holding 7: 3, and 4 before"),
        row(
            "alike to the end",
            kind,
            ready(kind).carry(Carry.NONE.compared(same, t.ago(31)).compared(same, t.ago(1))).seen(),
            "flip to green/0 at last",
            "flipping"));
  }

  private static final class Instants {
    java.time.Instant ago(long seconds) {
      return Sight.NOW.minusSeconds(seconds);
    }
  }

  static Stream<Arguments> bakes() {
    Duration half = Duration.ofSeconds(15);
    return Stream.of(
        row(
            "the way back is open",
            Apps::modbus,
            serving(
                bakingModbus(half).copy(G0, B0, StateCopy.Phase.WHOLE, 0, WayBack.OPEN, ""), G0),
            "wait",
            "which is open"),
        row(
            "the router was restarted: not at once, for green may have been too",
            Apps::modbus,
            serving(bakingModbus(half), G0),
            "wait",
            "closed: the router knows of no copy"),
        row(
            "then it copies anew",
            Apps::modbus,
            serving(
                bakingModbus(half).carry(Carry.NONE.looking(false, Sight.NOW.minusSeconds(2))), G0),
            "copy green/0 to blue/0 by 0.0.0.0:1880",
            "closed"),
        row(
            "a way back that something closed",
            Apps::modbus,
            serving(
                bakingModbus(half)
                    .copy(G0, B0, StateCopy.Phase.FAILED, 3, WayBack.CLOSED, "function 99 passed"),
                G0),
            "wait",
            "closed: function 99 passed"));
  }

  static Stream<Arguments> waysBack() {
    return Stream.of(
        row(
            "what was written since is carried back inside the hold",
            Apps::modbus,
            serving(
                goingBackModbus(Phase.ROLLED_BACK)
                    .copy(G0, B0, StateCopy.Phase.WHOLE, 0, WayBack.OPEN, ""),
                G0),
            "flip to blue/0, inside: sync if possible",
            "flipping back"),
        row(
            "who asked for it can wait until it is carried",
            Apps::modbus,
            serving(
                goingBackModbus(Phase.COMMITTED)
                    .copy(G0, B0, StateCopy.Phase.WHOLE, 0, WayBack.OPEN, ""),
                G0),
            "flip to blue/0, inside: sync",
            "flipping back"),
        row(
            "of what died nothing is taken",
            Apps::modbus,
            serving(
                goingBackModbus(Phase.ROLLED_BACK)
                    .state(G0, EXITED)
                    .copy(G0, B0, StateCopy.Phase.FAILED, 0, WayBack.CLOSED, "green/0 failed"),
                G0),
            "flip to blue/0",
            "flipping back"),
        row(
            "what died with writes that were not carried is told as a loss",
            Apps::modbus,
            serving(
                goingBackModbus(Phase.ROLLED_BACK)
                    .state(G0, EXITED)
                    .copy(G0, B0, StateCopy.Phase.FAILED, 3, WayBack.CLOSED, "green/0 failed"),
                G0),
            "flip to blue/0, telling of a loss",
            "flipping back"),
        row(
            "so is what the router, restarted, knows nothing of, once it has died",
            Apps::modbus,
            serving(goingBackModbus(Phase.ROLLED_BACK).state(G0, EXITED), G0),
            "flip to blue/0, telling of a loss",
            "flipping back"),
        row(
            "of what fails its probes the last writes are asked for",
            Apps::modbus,
            serving(
                goingBackModbus(Phase.ROLLED_BACK)
                    .failedProbes(G0, 3, NOW)
                    .copy(G0, B0, StateCopy.Phase.WHOLE, 0, WayBack.OPEN, ""),
                G0),
            "flip to blue/0, inside: sync if possible",
            "flipping back"),
        row(
            "alone: what no undo could stop stops before the swap ends",
            Apps::alone,
            alone()
                .state(B0, EXITED)
                .state(G0, RUNNING)
                .crossingFrom(B0)
                .back(Phase.ROLLED_BACK)
                .seen(),
            "stop green/0",
            "may not run beside"),
        row(
            "alone: then it ends",
            Apps::alone,
            alone().state(B0, EXITED).crossingFrom(B0).back(Phase.ROLLED_BACK).seen(),
            "settle ROLLED_BACK",
            "serves from blue"),
        row(
            "alone: the engine does not stop it, and is not asked at once again",
            Apps::alone,
            alone()
                .state(B0, EXITED)
                .state(G0, RUNNING)
                .crossingFrom(B0)
                .back(Phase.ROLLED_BACK)
                .trouble(1, false, Duration.ofSeconds(1))
                .seen(),
            "wait",
            "backing off"),
        row(
            "alone: no way back works",
            Apps::alone,
            serving(hopeless(), G0),
            "settle INCONSISTENT",
            "cannot serve any more"),
        row(
            "what ran alone and was left by a way back that failed stops, whatever comes next",
            UnaryOperator.identity(),
            serving(
                new Sight()
                    .current(GREEN, release(1, Apps::alone), EXITED)
                    .container(B0, release(3, Apps::alone), RUNNING)
                    .swap(run(2, release(2, UnaryOperator.identity()), 1), BLUE, Stage.CLEANING),
                G0),
            "stop blue/0",
            "having green/0 serve again"));
  }

  private static Sight hopeless() {
    return alone()
        .state(G0, RUNNING)
        .crossingFrom(B0)
        .flipped(NOW)
        .back(Phase.ROLLED_BACK)
        .trouble(ForwardPlan.MOST_TRIES, false, NOW);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"copies", "rehearsals", "comparisons", "bakes", "waysBack"})
  void plans(String name, Desired desired, ObservedApp seen, String step, String told) {
    Plan plan = new SwapPlanner("0.0.0.0").plan(desired, seen);

    assertThat(plan.step().runWith(new StepWords())).as(plan.message()).isEqualTo(step);
    assertThat(plan.message()).contains(told);
  }
}
