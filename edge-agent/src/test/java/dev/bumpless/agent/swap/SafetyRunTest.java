package dev.bumpless.agent.swap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.agent.swap.Notes.Stage;
import dev.bumpless.protocol.Phase;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Thousands of random lives of a device, none of which may break a rule of {@link SafetyRules}. A
 * failure prints its seed; {@code -Dbumpless.seed=N} runs that one alone, {@code -Dbumpless.runs=N}
 * runs more.
 */
@ExtendWith(QuietLogs.class)
class SafetyRunTest {
  private static final long RUNS = Long.getLong("bumpless.runs", 3000);
  private static final long BROKEN_RUNS = 400;

  @Test
  void noRandomLifeBreaksARule() {
    OptionalLong one =
        Optional.ofNullable(Long.getLong("bumpless.seed"))
            .map(OptionalLong::of)
            .orElse(OptionalLong.empty());
    LongStream seeds = one.isPresent() ? LongStream.of(one.getAsLong()) : LongStream.range(0, RUNS);
    seeds.forEach(
        seed ->
            failure(seed, new SwapPlanner("0.0.0.0"))
                .ifPresent(
                    e -> {
                      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
                    }));
  }

  @Test
  void aPlannerThatTakesEverythingForHealthyIsFoundOut() {
    assertFoundOut(
        new SwapPlanner("0.0.0.0") {
          @Override
          Plan plan(Desired desired, ObservedApp seen) {
            Map<InstanceKey, InstanceNotes> rosy = new HashMap<>(seen.notes().instances());
            rosy.replaceAll(
                (key, notes) ->
                    notes.withPulse(new Pulse("rosy", 99, 0, Instant.EPOCH, "all is well")));
            return super.plan(desired, seen.with(seen.notes().withInstances(rosy)));
          }
        },
        "before it was seen healthy");
  }

  @Test
  void aPlannerThatStopsTheOldSlotFirstIsFoundOut() {
    assertFoundOut(
        new SwapPlanner("0.0.0.0") {
          @Override
          Plan plan(Desired desired, ObservedApp seen) {
            Plan plan = super.plan(desired, seen);
            return plan.step() instanceof Step.Create && !seen.serving().isEmpty()
                ? new Plan(
                    plan.order(),
                    plan.phase(),
                    plan.message(),
                    new Step.Stop(seen.serving().first()))
                : plan;
          }
        },
        "while it serves");
  }

  @Test
  void aPlannerThatForgetsWhatFailedIsFoundOut() {
    assertFoundOut(
        new SwapPlanner("0.0.0.0") {
          @Override
          Plan plan(Desired desired, ObservedApp seen) {
            JournalEntry e = seen.entry();
            boolean isOver = e.swap().isEmpty() && seen.notes().stage() == Stage.NONE;
            JournalEntry blank =
                new JournalEntry(
                    e.app(),
                    e.current(),
                    e.previous(),
                    List.of(),
                    e.isStopped(),
                    e.promoted(),
                    e.swap(),
                    e.last().filter(l -> l.phase() != Phase.ROLLED_BACK),
                    e.leftIn());
            return super.plan(
                desired,
                isOver
                    ? new ObservedApp(
                        seen.app(),
                        seen.containers(),
                        seen.routes(),
                        seen.traffic(),
                        seen.copy(),
                        blank,
                        seen.notes(),
                        seen.lease(),
                        seen.now(),
                        seen.wall())
                    : seen);
          }
        },
        "which has failed here");
  }

  @Test
  void aPlannerThatLeavesThingsBehindIsFoundOut() {
    assertFoundOut(
        new SwapPlanner("0.0.0.0") {
          @Override
          Plan plan(Desired desired, ObservedApp seen) {
            Plan plan = super.plan(desired, seen);
            return plan.step() instanceof Step.Remove && seen.entry().swap().isEmpty()
                ? new Plan(
                    plan.order(),
                    seen.entry().last().map(Settled::phase).orElse(plan.phase()),
                    plan.message(),
                    new Step.Wait(seen.now().plusSeconds(30)))
                : plan;
          }
        },
        "there should be");
  }

  @Test
  void aPlannerThatTakesOneRunningContainerForAllIsFoundOut() {
    assertFoundOut(
        new SwapPlanner("0.0.0.0") {
          @Override
          Plan plan(Desired desired, ObservedApp seen) {
            List<ObservedContainer> rosy =
                seen.containers().stream()
                    .map(c -> seen.isAlive(c.instance()) ? unhurt(c) : c)
                    .toList();
            return super.plan(
                desired,
                new ObservedApp(
                    seen.app(),
                    rosy,
                    seen.routes(),
                    seen.traffic(),
                    seen.copy(),
                    seen.entry(),
                    seen.notes(),
                    seen.lease(),
                    seen.now(),
                    seen.wall()));
          }
        },
        "though a container of it ended");
  }

  @Test
  void aPlannerThatWalksPastTheGateIsFoundOut() {
    assertFoundOut(
        new SwapPlanner("0.0.0.0") {
          @Override
          Plan plan(Desired desired, ObservedApp seen) {
            boolean isAtGate = seen.notes().stage() == Stage.AT_GATE;
            return super.plan(desired, isAtGate ? seen.with(seen.notes().at(Stage.STAGED)) : seen);
          }
        },
        "without having passed the gate");
  }

  @Test
  void aPlannerThatHeedsNoWindowIsFoundOut() {
    assertFoundOut(
        new SwapPlanner("0.0.0.0") {
          @Override
          Plan plan(Desired desired, ObservedApp seen) {
            boolean isInside = desired.order().opening().isPresent();
            return super.plan(
                isInside
                    ? Apps.saidAgain(desired.order().sequence(), desired, Optional.empty())
                    : desired,
                seen);
          }
        },
        "outside of its window");
  }

  @Test
  void aPlannerThatTakesNothingBackIsFoundOut() {
    assertFoundOut(
        new SwapPlanner("0.0.0.0") {
          @Override
          Plan plan(Desired desired, ObservedApp seen) {
            boolean isBack = desired.order().cancelled().isPresent();
            return super.plan(
                isBack
                    ? Apps.saidAgain(desired.order().sequence(), desired, Optional.empty())
                    : desired,
                seen);
          }
        },
        "outside of its window");
  }

  private static ObservedContainer unhurt(ObservedContainer seen) {
    return new ObservedContainer(
        seen.id(),
        seen.instance(),
        seen.revision(),
        seen.container(),
        seen.address(),
        ObservedContainer.State.RUNNING,
        0,
        false,
        0,
        seen.startedAt(),
        seen.health(),
        "");
  }

  private static void assertFoundOut(SwapPlanner broken, String how) {
    for (long seed = 0; seed < BROKEN_RUNS; seed++) {
      Optional<Throwable> failure = failure(seed, broken);
      if (failure.isPresent() && String.valueOf(failure.get().getMessage()).contains(how)) {
        return;
      }
    }
    assertThat(false).as(BROKEN_RUNS + " random lives of a broken planner broke no rule").isTrue();
  }

  private static Optional<Throwable> failure(long seed, SwapPlanner planner) {
    try {
      new Chaos(seed, planner).run();
      return Optional.empty();
    } catch (Exception | AssertionError e) {
      return Optional.of(e);
    }
  }
}
