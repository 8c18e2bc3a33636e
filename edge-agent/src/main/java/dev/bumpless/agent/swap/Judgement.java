package dev.bumpless.agent.swap;

import dev.bumpless.protocol.ReleaseNeeds;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether a new version that is not broken is yet worse than the old one was: soft signals, held
 * against what the old slot did in the last while before the flip. Pure.
 *
 * @param isWorse enough to go back
 * @param text for a person; says also when there was too little to judge by
 */
record Judgement(boolean isWorse, String text) {
  /** Fewer requests than that tell nothing. */
  static final long SAMPLE = 50;

  /**
   * A shorter while tells of the machine, which may be busy with something else, not of the app.
   */
  static final Duration WHILE = Duration.ofSeconds(10);

  private static final double MORE_ERRORS_PERCENT = 1.0;
  private static final Duration SLOWER = Duration.ofMillis(50);
  private static final double FULL = 0.9;

  private static Judgement worse(String text) {
    return new Judgement(true, text);
  }

  private static Judgement fine(String text) {
    return new Judgement(false, text);
  }

  /** Of the share of errors, as soon as there are enough answers. */
  static Optional<Judgement> ofErrors(Window old, Window young) {
    boolean isKnown = old.answered() >= SAMPLE && young.answered() >= SAMPLE;
    return isKnown && young.errorShare() > old.errorShare() + MORE_ERRORS_PERCENT
        ? Optional.of(
            worse(
                "%.1f %% of its %d answers were errors, %.1f %% before the flip"
                    .formatted(young.errorShare(), young.answered(), old.errorShare())))
        : Optional.empty();
  }

  /**
   * Of the time that answers take, once it has warmed up.
   *
   * @param watched how long {@code young} is
   */
  static Judgement ofTimes(Window old, Window young, Duration watched) {
    if (watched.compareTo(WHILE) < 0) {
      return fine(
          ("inconclusive: the second half of the bake is %s, and %s are needed to compare; probes"
                  + " alone speak for it")
              .formatted(ForwardPlan.seconds(watched), ForwardPlan.seconds(WHILE)));
    }
    if (old.answered() < SAMPLE || young.answered() < SAMPLE) {
      return fine(
          ("inconclusive: %d requests in the second half of the bake and %d before the flip, and"
                  + " %d are needed to compare; probes alone speak for it")
              .formatted(young.answered(), old.answered(), SAMPLE));
    }
    Duration before = old.p95().orElse(Duration.ZERO);
    Duration now = young.p95().orElse(Duration.ZERO);
    Duration twice = before.multipliedBy(2);
    Duration allowed = twice.compareTo(before.plus(SLOWER)) > 0 ? twice : before.plus(SLOWER);
    String text =
        "95 of 100 answers took less than %.1f ms, %.1f ms before the flip"
            .formatted(millis(now), millis(before));
    return now.compareTo(allowed) > 0 ? worse(text) : fine(text);
  }

  /** Of memory: what is so full is killed soon. */
  static Optional<Judgement> ofMemory(Optional<MemoryUse> young) {
    return young
        .filter(m -> m.share() > FULL)
        .map(
            m ->
                worse(
                    "container '%s' uses %s of %s memory: raise 'resources.memory'"
                        .formatted(
                            m.container(),
                            ReleaseNeeds.mebi(m.usedBytes()),
                            ReleaseNeeds.mebi(m.limitBytes()))));
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }
}
