package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.JournalEntry.Running;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.Revision;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Decides the next step of an app from its order and from what is seen. Pure: it touches nothing,
 * and the same question gets the same answer.
 *
 * <h2>The whole of it</h2>
 *
 * <ul>
 *   <li>A swap that is in the journal goes on: forward ({@link ForwardPlan}, {@link BakePlan}) or
 *       back ({@link BackPlan}).
 *   <li>Else an order that has not ended begins: a swap, or a stop or delete ({@link EndPlan}). One
 *       that was taken back ends before it begins, until it is said again.
 *   <li>Else what serves is tidied, healed and watched ({@link SteadyPlan}).
 * </ul>
 *
 * Whatever comes of that, {@link Alone} lets nothing start beside what may not run beside it.
 *
 * <h2>Crash safety</h2>
 *
 * The table says who serves and the labels say what exists, so every plan starts from them. The
 * journal holds the intent of a flip before it and the reason of a way back before its first step;
 * whatever a crash leaves is one of the observations below.
 *
 * <h2>Limits</h2>
 *
 * A preparation that fails {@value ForwardPlan#MOST_TRIES} times in a row, or in whose middle the
 * agent died {@value ForwardPlan#MOST_LIVES} times, goes back. A way back is tried until it works,
 * at most once a minute.
 */
class SwapPlanner {
  private final String defaultAddress;

  /**
   * @param defaultAddress where ports listen that name no address
   */
  SwapPlanner(String defaultAddress) {
    this.defaultAddress = defaultAddress;
  }

  Plan plan(Desired desired, ObservedApp seen) {
    return Alone.first(seen, wanted(desired, seen));
  }

  private Plan wanted(Desired desired, ObservedApp seen) {
    OrderRef order = OrderRef.of(desired.order());
    return seen.entry()
        .swap()
        .map(swap -> swapping(desired, order, seen, swap))
        .or(() -> oneSlot(order, seen))
        .orElseGet(
            () ->
                seen.entry().isSettled(order)
                    ? new SteadyPlan(order, seen, defaultAddress).next()
                    : beginning(desired, order, seen));
  }

  private Plan swapping(Desired desired, OrderRef newest, ObservedApp seen, Swap swap) {
    if (swap.back().isPresent()) {
      return new BackPlan(seen, swap, swap.back().get(), defaultAddress).next();
    }
    Optional<Plan> turn =
        swap.order().isSaidAgainBy(newest)
            ? takenBack(desired, newest, swap)
            : overtaken(desired, newest, seen, swap);
    return turn.orElseGet(
        () -> new ForwardPlan(seen, swap, desired.order(), defaultAddress).next());
  }

  /** Before the flip it is dropped; what has come further is seen to its end. */
  private static Optional<Plan> takenBack(Desired desired, OrderRef newest, Swap swap) {
    return desired
        .order()
        .cancelled()
        .filter(why -> swap.crossing().isEmpty())
        .map(
            why ->
                new Plan(
                    newest,
                    Phase.ROLLING_BACK,
                    takenBack(why),
                    new Step.TurnBack(
                        new Swap.Return(Phase.CANCELLED, takenBack(why), newest), false)));
  }

  private static String takenBack(String why) {
    return "the order was taken back before it began: " + why;
  }

  /**
   * A newer order: before the flip it supersedes, after it it waits, unless it asks for the release
   * that is still warm.
   */
  private static Optional<Plan> overtaken(
      Desired desired, OrderRef newest, ObservedApp seen, Swap swap) {
    if (swap.crossing().isEmpty()) {
      String why = "a newer order (%d) came before the flip".formatted(newest.sequence());
      return Optional.of(
          new Plan(
              swap.order(),
              Phase.ROLLING_BACK,
              why,
              new Step.TurnBack(new Swap.Return(Phase.SUPERSEDED, why, swap.order()), false)));
    }
    boolean isUndo =
        !swap.origin().isEmpty()
            && desired.order().cancelled().isEmpty()
            && seen.entry()
                .current()
                .filter(
                    c -> desired.release().map(r -> r.id().equals(c.release().id())).orElse(false))
                .isPresent();
    if (!isUndo) {
      return Optional.empty();
    }
    String why = "%s is asked for again and still warm".formatted(newest.revision().orElseThrow());
    return Optional.of(
        new Plan(
            newest,
            Phase.ROLLING_BACK,
            why,
            new Step.TurnBack(new Swap.Return(Phase.COMMITTED, why, newest), false)));
  }

  /** Only a journal that was lost in the middle of a rolling swap leaves two slots serving. */
  private static Optional<Plan> oneSlot(OrderRef order, ObservedApp seen) {
    Optional<Slot> slot = seen.servingSlot();
    SortedSet<InstanceKey> kept = new TreeSet<>(seen.serving());
    kept.removeIf(key -> slot.filter(s -> s == key.slot()).isEmpty());
    return kept.size() == seen.serving().size()
        ? Optional.empty()
        : Optional.of(
            new Plan(
                order,
                Phase.SWITCHING,
                "two slots serve and the journal does not know why: keeping " + slot.orElseThrow(),
                new Step.Switch(
                    kept,
                    dev.bumpless.manifest.UpgradePolicy.DEFAULT.hold(),
                    Optional.empty(),
                    Optional.empty(),
                    false)));
  }

  private Plan beginning(Desired desired, OrderRef order, ObservedApp seen) {
    Optional<String> cancelled = desired.order().cancelled();
    if (cancelled.isPresent()) {
      String message = takenBack(cancelled.get());
      return settle(order, seen.entry().settled(Settled.plainly(order, Phase.CANCELLED, message)));
    }
    if (desired.order().action() instanceof Order.Run run) {
      return running(run.revision(), desired.release().orElseThrow(), order, seen);
    }
    return new EndPlan(order, seen, desired.order()).next();
  }

  private static Plan running(
      Revision revision, Release release, OrderRef order, ObservedApp seen) {
    if (serves(revision, seen)) {
      Slot slot = seen.servingSlot().orElseThrow();
      String message = "%s serves already, from %s".formatted(revision.release(), slot);
      return settle(
          order,
          seen.entry()
              .settledOn(
                  new Running(slot, revision, release),
                  Settled.plainly(order, Phase.UNCHANGED, message)));
    }
    Optional<String> failure = seen.entry().failureOf(revision);
    if (failure.isPresent()) {
      String message =
          "%s failed here before and is not tried again until it is asked for anew: %s"
              .formatted(revision, failure.get());
      return settle(
          order, seen.entry().settled(Settled.plainly(order, Phase.ROLLED_BACK, message)));
    }
    Slot to = slotFor(revision, seen);
    return new Plan(
        order,
        Phase.PREFLIGHT,
        "%s goes to %s".formatted(revision.release(), to),
        new Step.Begin(
            new Swap(
                order,
                revision,
                release,
                to,
                seen.now(),
                1,
                List.of(),
                Optional.empty(),
                Optional.empty())));
  }

  private static Plan settle(OrderRef order, JournalEntry entry) {
    Settled last = entry.last().orElseThrow();
    return new Plan(order, last.phase(), last.message(), new Step.Settle(entry));
  }

  private static boolean serves(Revision revision, ObservedApp seen) {
    Optional<Revision> labels = seen.servingRevision();
    Optional<Revision> known =
        seen.entry()
            .current()
            .filter(c -> seen.servingSlot().filter(s -> s == c.slot()).isPresent())
            .map(Running::revision);
    return !seen.serving().isEmpty() && labels.or(() -> known).filter(revision::equals).isPresent();
  }

  /**
   * Beside what serves; a stopped revision that is wanted again stays where it is, and so does an
   * app that was deleted, for its slot has the volumes that it wrote last.
   */
  private static Slot slotFor(Revision revision, ObservedApp seen) {
    Optional<Running> current = seen.entry().current();
    if (seen.serving().isEmpty()
        && current.filter(c -> c.revision().equals(revision)).isPresent()) {
      return current.get().slot();
    }
    return seen.servingSlot()
        .or(() -> current.map(Running::slot))
        .map(Slot::other)
        .or(() -> seen.entry().leftIn())
        .orElse(Slot.BLUE);
  }
}
