package dev.bumpless.agent.swap;

import dev.bumpless.protocol.Order;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * An app in the reconciler: what shall be, what is remembered, and when it is its turn. Guarded by
 * the reconciler's lock, but for the volatile fields.
 */
final class Lane {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  /** Read by the turn that runs, to see that it was overtaken. */
  volatile Desired desired;

  /** Written by the turn that runs. */
  volatile @Nullable Step doing;

  Memory memory;
  Instant due;
  boolean isBusy;
  boolean isWanted;
  int blindTurns;
  Instant busySince;
  Optional<Turn.Result> before = Optional.empty();
  @Nullable Future<?> turn;

  Lane(Desired desired, Memory memory, Instant now) {
    this.desired = desired;
    this.memory = memory;
    this.due = now;
    this.busySince = now;
  }

  boolean isDeleted() {
    return desired.order().action() instanceof Order.Delete
        && memory.entry().isSettled(OrderRef.of(desired.order()));
  }

  boolean isDue(Instant now) {
    return !isBusy && !now.isBefore(due);
  }

  /** Its turn comes as soon as the present one is over. */
  void wake(Instant now) {
    isWanted = true;
    if (due.isAfter(now)) {
      due = now;
    }
  }

  void begin(Instant now) {
    isBusy = true;
    isWanted = false;
    busySince = now;
  }

  void end(Turn.Result result, Instant now) {
    memory = result.memory();
    before = Optional.of(result);
    blindTurns = 0;
    rest(isWanted ? now : result.due());
  }

  /** How long it rests if this turn ends blind too: 1 s, 2 s, 4 s … 30 s. */
  Duration blindWait() {
    Duration wait = Duration.ofSeconds(1L << Math.min(blindTurns, 10));
    return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
  }

  void endBlind(Instant now) {
    Duration wait = blindWait();
    blindTurns++;
    rest(now.plus(wait));
  }

  private void rest(Instant until) {
    isBusy = false;
    due = until;
    doing = null;
    turn = null;
  }

  boolean isOverdue(Instant now) {
    Step step = doing;
    Duration limit = step == null ? Duration.ofMinutes(2) : step.limit();
    return isBusy && now.isAfter(busySince.plus(limit));
  }
}
