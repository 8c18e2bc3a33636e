package dev.bumpless.controller.rollout;

import dev.bumpless.controller.rollout.Target.Outcome;
import dev.bumpless.manifest.RolloutLimits;
import dev.bumpless.manifest.Threshold;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** How many devices of each wave came to which end, and whether that is still within limits. */
public final class Tally {
  private final RolloutLimits limits;
  private final Count[] waves;

  /**
   * Of one wave. Failures that a person excused are among the failed and in the size; limits on
   * failures do not count them, and the share of successes is taken of the others.
   */
  public static final class Count {
    private int size;
    private int open;
    private int succeeded;
    private int failed;
    private int excused;

    /** Devices that are this rollout's. */
    public int size() {
      return size;
    }

    public int open() {
      return open;
    }

    public int succeeded() {
      return succeeded;
    }

    public int failed() {
      return failed;
    }

    private int unexcused() {
      return failed - excused;
    }

    private void add(Outcome outcome, boolean isExcused) {
      size += outcome == Outcome.LEFT_OUT ? 0 : 1;
      open += outcome == Outcome.OPEN ? 1 : 0;
      succeeded += outcome == Outcome.SUCCEEDED ? 1 : 0;
      failed += outcome == Outcome.FAILED ? 1 : 0;
      excused += outcome == Outcome.FAILED && isExcused ? 1 : 0;
    }
  }

  private Tally(RolloutLimits limits, int waves) {
    this.limits = limits;
    this.waves = new Count[waves];
    Arrays.setAll(this.waves, i -> new Count());
  }

  public static Tally of(List<Target> targets, Course course) {
    RolloutLimits limits = course.manifest().limits();
    Tally tally = new Tally(limits, course.manifest().waves().size());
    targets.forEach(t -> tally.waves[t.place().wave()].add(t.outcome(limits), t.excused()));
    return tally;
  }

  public Count wave(int number) {
    return waves[number];
  }

  /** Why the rollout must stop; empty while no more failed than may. */
  Optional<String> tooManyFailures() {
    Threshold most = limits.failures();
    if (!most.isPercent()) {
      int failed = Arrays.stream(waves).mapToInt(Count::unexcused).sum();
      return failed > most.value()
          ? Optional.of(failed + " failed, at most " + most + " may")
          : Optional.empty();
    }
    for (int i = 0; i < waves.length; i++) {
      int allowed = most.allowed(waves[i].size());
      if (waves[i].unexcused() > allowed) {
        return Optional.of(
            "%d of wave %d failed, at most %d may (%s of %d)"
                .formatted(waves[i].unexcused(), i + 1, allowed, most, waves[i].size()));
      }
    }
    return Optional.empty();
  }

  /**
   * Whether the next wave may begin: so many of this one succeeded as have to; where no share is
   * asked for, nobody of it or of the waves before is still open.
   */
  boolean isSettled(int wave) {
    return limits.success().isPresent()
        ? hasSucceeded(wave)
        : Arrays.stream(waves).limit(wave + 1L).allMatch(count -> count.open() == 0);
  }

  /** Why a wave that is at its end is not good enough; empty where it is, or is not at its end. */
  Optional<String> tooFewSuccesses(int wave) {
    Count count = waves[wave];
    return limits.success().isPresent() && count.open() == 0 && !hasSucceeded(wave)
        ? Optional.of(
            "%d of %d devices of wave %d succeeded, %d %% have to"
                .formatted(count.succeeded(), count.size(), wave + 1, limits.success().get()))
        : Optional.empty();
  }

  private boolean hasSucceeded(int wave) {
    Count count = waves[wave];
    long needed = limits.success().orElseThrow() * (long) (count.size() - count.excused);
    return count.succeeded() * 100L >= needed;
  }
}
