package dev.bumpless.agent.swap;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
import dev.bumpless.protocol.AppReport.StepTime;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.Revision;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A swap in progress, from its first step to its end.
 *
 * @param to the slot that the release goes to
 * @param lives how often an agent has begun it, 1 and up
 * @param steps what is done and how long it took, as of the last save
 * @param crossing written before the first flip
 * @param back written before the first step of the way back
 */
public record Swap(
    OrderRef order,
    Revision revision,
    Release release,
    Slot to,
    Instant startedAt,
    int lives,
    List<StepTime> steps,
    Optional<Crossing> crossing,
    Optional<Return> back) {
  public Swap {
    steps = List.copyOf(steps);
  }

  /**
   * The flip: what served before it, and what is known after it.
   *
   * @param from empty where nothing served
   * @param flippedAt when the last flip was done and the bake began
   * @param hold longest hold so far
   * @param gap longest gap so far; empty where nothing served before
   */
  public record Crossing(
      SortedSet<InstanceKey> from,
      Optional<Instant> flippedAt,
      Optional<Duration> hold,
      Optional<Duration> gap) {
    public Crossing {
      from = Collections.unmodifiableSortedSet(new TreeSet<>(from));
    }
  }

  /**
   * Why it goes back.
   *
   * @param ending ROLLED_BACK, SUPERSEDED, or COMMITTED where a newer order asks for what served
   *     before
   * @param order the order that ends so
   */
  public record Return(Phase ending, String reason, OrderRef order) {
    /** The same, though not all that clients wrote comes back with it. */
    Return losing(String what) {
      return new Return(
          Phase.INCONSISTENT, "%s; not carried back: %s".formatted(reason, what), order);
    }
  }

  App app() {
    return release.app();
  }

  /** All instances that the release asks for. */
  SortedSet<InstanceKey> members() {
    return members(app(), to);
  }

  static SortedSet<InstanceKey> members(App app, Slot slot) {
    return IntStream.range(0, app.replicas())
        .mapToObj(i -> new InstanceKey(app.name(), slot, i))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  boolean isRolling() {
    return app().upgrade().strategy() == Strategy.ROLLING;
  }

  /** Whether what serves stops for it first, and that is inside the hold. */
  boolean startsInHold(ObservedApp seen) {
    return Cargo.isAlone(app()) && seen.serving().stream().anyMatch(key -> !isOurs(key));
  }

  boolean isOurs(InstanceKey key) {
    return key.slot() == to;
  }

  /** What served before the first flip; empty before the flip too. */
  SortedSet<InstanceKey> origin() {
    return crossing.map(Crossing::from).orElseGet(TreeSet::new);
  }

  Optional<Instant> flippedAt() {
    return crossing.flatMap(Crossing::flippedAt);
  }

  Swap again() {
    return new Swap(order, revision, release, to, startedAt, lives + 1, steps, crossing, back);
  }

  /** The life that is under way is the first that counts. */
  Swap arrived() {
    return new Swap(order, revision, release, to, startedAt, 1, steps, crossing, back);
  }

  Swap withSteps(List<StepTime> newer) {
    return new Swap(order, revision, release, to, startedAt, lives, newer, crossing, back);
  }

  Swap withBack(Return why) {
    return new Swap(
        order, revision, release, to, startedAt, lives, steps, crossing, Optional.of(why));
  }

  /** The intent to flip away from what serves now; the first one counts. */
  Swap crossingFrom(Collection<InstanceKey> serving) {
    return crossing.isPresent()
        ? this
        : with(
            new Crossing(
                new TreeSet<>(serving), Optional.empty(), Optional.empty(), Optional.empty()));
  }

  /** What a flip has measured. */
  Swap measured(Optional<Duration> hold, Optional<Duration> gap) {
    return crossing
        .map(
            c ->
                with(new Crossing(c.from(), c.flippedAt(), max(c.hold(), hold), max(c.gap(), gap))))
        .orElse(this);
  }

  /** The last flip is done. */
  Swap flipped(Instant at) {
    return crossing
        .map(c -> with(new Crossing(c.from(), Optional.of(at), c.hold(), c.gap())))
        .orElse(this);
  }

  private Swap with(Crossing newer) {
    return new Swap(
        order, revision, release, to, startedAt, lives, steps, Optional.of(newer), back);
  }

  static Optional<Duration> max(Optional<Duration> a, Optional<Duration> b) {
    return a.isEmpty() || (b.isPresent() && b.get().compareTo(a.get()) > 0) ? b : a;
  }
}
