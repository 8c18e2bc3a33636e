package dev.bumpless.controller.rollout;

import dev.bumpless.protocol.Order.Run;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import java.util.List;
import java.util.Optional;

/**
 * What was asked of one device for one app, newest first, and what became of it; what a rollout has
 * not come to yet, or took back, does not count. Decides attempts: nothing but a higher attempt
 * makes a device run again what it already runs, or what failed on it.
 */
public record AppHistory(List<Target> newestFirst) {
  public AppHistory {
    newestFirst = List.copyOf(newestFirst);
  }

  /** The revision that was asked for last, a stop or delete after it notwithstanding. */
  public Optional<Revision> desired() {
    return newestFirst.stream().flatMap(t -> revisionOf(t).stream()).findFirst();
  }

  /** The release that ran before the desired one: what an undo goes to. */
  public Optional<ReleaseId> previous() {
    Optional<ReleaseId> desired = desired().map(Revision::release);
    return newestFirst.stream()
        .filter(target -> target.phase().isSuccess())
        .flatMap(target -> revisionOf(target).stream())
        .map(Revision::release)
        .filter(release -> !desired.equals(Optional.of(release)))
        .findFirst();
  }

  /**
   * The revision to order for a release.
   *
   * @param again true to run it anew even where it runs
   */
  public Revision next(ReleaseId release, boolean again) {
    List<Target> runs =
        newestFirst.stream()
            .filter(t -> revisionOf(t).map(r -> r.release().equals(release)).orElse(false))
            .toList();
    int highest = runs.stream().mapToInt(AppHistory::attemptOf).max().orElse(0);
    boolean failed =
        !runs.isEmpty() && runs.get(0).isFinished() && !runs.get(0).phase().isSuccess();
    return new Revision(release, highest == 0 || again || failed ? highest + 1 : highest);
  }

  private static int attemptOf(Target target) {
    return revisionOf(target).map(Revision::attempt).orElse(0);
  }

  private static Optional<Revision> revisionOf(Target target) {
    return target.isAsked() && target.action() instanceof Run run
        ? Optional.of(run.revision())
        : Optional.empty();
  }
}
