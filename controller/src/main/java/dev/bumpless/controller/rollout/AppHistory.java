package dev.bumpless.controller.rollout;

import dev.bumpless.protocol.Order.Run;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What was planned for one device for one app, and what became of it; what a rollout has not come
 * to yet, or took back, was not asked. Decides attempts: nothing but a higher attempt makes a
 * device run again what it already runs, or what failed on it.
 *
 * @param newestFirst by the rollouts; the retry of an older one may have been asked later
 */
public record AppHistory(List<Target> newestFirst) {
  public AppHistory {
    newestFirst = List.copyOf(newestFirst);
  }

  /** The revision that was asked for last, a stop or delete after it notwithstanding. */
  public Optional<Revision> desired() {
    return runs(asked()).map(AppHistory::revision).findFirst();
  }

  /** The release that ran before the desired one: what an undo goes to. */
  public Optional<ReleaseId> previous() {
    Optional<ReleaseId> desired = desired().map(Revision::release);
    return runs(asked())
        .filter(target -> target.phase().isSuccess())
        .map(target -> revision(target).release())
        .filter(release -> !desired.equals(Optional.of(release)))
        .findFirst();
  }

  /**
   * The revision to order for a release. An attempt that was planned and never asked counts too:
   * the one before it failed.
   *
   * @param again true to run it anew even where it runs
   */
  public Revision next(ReleaseId release, boolean again) {
    int highest =
        runs(newestFirst.stream())
            .map(AppHistory::revision)
            .filter(revision -> revision.release().equals(release))
            .mapToInt(Revision::attempt)
            .max()
            .orElse(0);
    Revision last = new Revision(release, Math.max(highest, 1));
    boolean failed =
        runs(asked())
            .filter(target -> revision(target).equals(last))
            .findFirst()
            .filter(target -> target.isFinished() && !target.phase().isSuccess())
            .isPresent();
    return highest > 0 && (again || failed) ? new Revision(release, highest + 1) : last;
  }

  /** Newest first. */
  private Stream<Target> asked() {
    return newestFirst.stream()
        .filter(Target::isAsked)
        .sorted(
            Comparator.comparingLong(Target::sequence)
                .thenComparing(AppHistory::askedAt)
                .reversed());
  }

  /** Decides where a target was kept before sequences were. */
  private static Instant askedAt(Target target) {
    return target.issuedAt().orElse(target.updatedAt());
  }

  private static Stream<Target> runs(Stream<Target> targets) {
    return targets.filter(target -> target.action() instanceof Run);
  }

  private static Revision revision(Target run) {
    return ((Run) run.action()).revision();
  }
}
