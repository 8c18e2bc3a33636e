package dev.bumpless.agent.swap;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the journal keeps of an app.
 *
 * @param current what was committed last, with its manifest: labels name only the revision, and the
 *     newest order may name another
 * @param previous the release before it, whose images are kept for the way back
 * @param failed what failed here and is not tried again until somebody asks for a higher attempt;
 *     oldest first, at most {@value #FAILED_KEPT}
 * @param isStopped whether {@code current} was stopped by an order and shall not serve
 * @param promoted the start of containers whose promote hooks have run, where an app has such
 * @param swap the swap in progress
 * @param last how the last order ended
 * @param leftIn the slot that a deleted app was in: where slots have volumes of their own, what it
 *     had last is in that slot's
 */
public record JournalEntry(
    AppName app,
    Optional<Running> current,
    Optional<Release> previous,
    List<Failed> failed,
    boolean isStopped,
    Optional<String> promoted,
    Optional<Swap> swap,
    Optional<Settled> last,
    Optional<Slot> leftIn) {
  static final int FAILED_KEPT = 8;

  public JournalEntry {
    failed = List.copyOf(failed);
  }

  /** A revision, where it is and how it looks. */
  public record Running(Slot slot, Revision revision, Release release) {}

  /** A revision that failed on this device, and why. */
  public record Failed(Revision revision, String reason) {}

  public static JournalEntry empty(AppName app) {
    return new JournalEntry(
        app,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Those of every release that it tells of. */
  Set<ImageRef> images() {
    return Stream.of(current.map(Running::release), previous, swap.map(Swap::release))
        .flatMap(Optional::stream)
        .flatMap(release -> ImageShelf.images(release.app()).stream())
        .collect(toUnmodifiableSet());
  }

  Optional<String> failureOf(Revision revision) {
    return failed.stream()
        .filter(f -> f.revision().equals(revision))
        .map(Failed::reason)
        .findFirst();
  }

  JournalEntry withSwap(Swap newer) {
    return new JournalEntry(
        app, current, previous, failed, isStopped, promoted, Optional.of(newer), last, leftIn);
  }

  JournalEntry withPromoted(Optional<String> life) {
    return new JournalEntry(app, current, previous, failed, isStopped, life, swap, last, leftIn);
  }

  JournalEntry withFailed(Revision revision, String reason) {
    List<Failed> kept = new ArrayList<>(failed);
    kept.removeIf(f -> f.revision().equals(revision));
    kept.add(new Failed(revision, reason));
    int surplus = Math.max(0, kept.size() - FAILED_KEPT);
    return new JournalEntry(
        app,
        current,
        previous,
        kept.subList(surplus, kept.size()),
        isStopped,
        promoted,
        swap,
        last,
        leftIn);
  }

  /** The swap is over, and what served before goes on. */
  JournalEntry settled(Settled how) {
    return new JournalEntry(
        app,
        current,
        previous,
        failed,
        isStopped,
        promoted,
        Optional.empty(),
        Optional.of(how),
        leftIn);
  }

  JournalEntry stopped(Settled how) {
    return new JournalEntry(
        app, current, previous, failed, true, promoted, Optional.empty(), Optional.of(how), leftIn);
  }

  /** The swap is over, and this serves from now on. */
  JournalEntry settledOn(Running running, Settled how) {
    Optional<Release> before =
        current
            .map(Running::release)
            .filter(r -> !r.id().equals(running.release().id()))
            .or(() -> previous);
    return new JournalEntry(
        app,
        Optional.of(running),
        before,
        failed,
        false,
        promoted,
        Optional.empty(),
        Optional.of(how),
        Optional.empty());
  }

  /** Nothing is left but how it ended, where it was, and what must not be tried again. */
  JournalEntry deleted(Settled how) {
    return new JournalEntry(
        app,
        Optional.empty(),
        Optional.empty(),
        failed,
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.of(how),
        current.map(Running::slot).or(() -> leftIn));
  }

  /** Whether a flip may have been done that is not the last one, or is not noted. */
  boolean isCrossing() {
    return swap.filter(s -> s.crossing().isPresent())
        .filter(s -> s.flippedAt().isEmpty() && s.back().isEmpty())
        .isPresent();
  }

  boolean isSettled(OrderRef order) {
    return endOf(order).isPresent();
  }

  /** How that order ended; empty where it did not, or was taken back and is said again since. */
  Optional<Settled> endOf(OrderRef order) {
    return last.filter(l -> l.order().isSaidAgainBy(order))
        .filter(l -> l.phase() != Phase.CANCELLED || order.sequence() <= l.order().sequence());
  }
}
