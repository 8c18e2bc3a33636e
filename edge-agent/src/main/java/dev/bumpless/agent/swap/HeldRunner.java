package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.HealthProbe.Result;
import dev.bumpless.agent.swap.StateTransfer.Side;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Hook;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Performs what a swap has to do inside a hold, and undoes it if anything fails before the flip.
 * One for each hold, used by one thread.
 *
 * <h2>Time</h2>
 *
 * Everything shares the hold. Where one slot stops for the other, the new one has three fifths of
 * it: what is left is for having the old one up again before the parked requests go there. What has
 * to be undone is undone however late it is.
 */
final class HeldRunner implements HeldStep.Performer {
  private static final Duration LOOK = Duration.ofMillis(2);
  private static final Duration ASK_AGAIN = Duration.ofMillis(25);

  /** For what has to be undone, of each. */
  private static final Duration UNDO = Duration.ofSeconds(30);

  /** As docker's own default: then it is killed. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Seams seams;
  private final ObservedApp seen;
  private final RouteControl.Hold hold;
  private final Duration limit;
  private final Instant end;
  private final Deque<Undo> undos = new ArrayDeque<>();
  private Notes notes;
  private Optional<InstanceKey> acting = Optional.empty();
  private boolean hasHooked;
  private Optional<String> loss = Optional.empty();

  HeldRunner(Seams seams, ObservedApp seen, RouteControl.Hold hold, Duration limit) {
    this.seams = seams;
    this.seen = seen;
    this.hold = hold;
    this.limit = limit;
    this.end = seams.ticker().steady().plus(limit);
    this.notes = seen.notes();
  }

  /** Whether a hook was begun, so that it is not plain any more who acts. */
  boolean hasHooked() {
    return hasHooked;
  }

  /** What could not be carried, and was gone on without. */
  Optional<String> loss() {
    return loss;
  }

  /** How much of a hold the new slot may take where the old one is stopped for it. */
  static Duration forNew(Duration hold) {
    return hold.multipliedBy(3).dividedBy(5);
  }

  private interface Undo {
    void run() throws EngineException, TransferException;
  }

  /** What is known of the instances after the last step. */
  Notes notes() {
    return notes;
  }

  /** Whose promote hooks have run last. */
  Optional<InstanceKey> acting() {
    return acting;
  }

  /** All in order. What was done of it is undone before this throws. */
  void perform(List<HeldStep> steps) throws TransferException, RouteException, EngineException {
    for (HeldStep step : steps) {
      step.performWith(this);
    }
  }

  /**
   * Undoes everything, the last first. It ends at what cannot be undone: the old one must not start
   * while the new one may still run. The next turn goes on from what is seen then.
   *
   * @return what could not be undone, for a person
   */
  Optional<String> undo() {
    try {
      while (!undos.isEmpty()) {
        undos.pop().run();
      }
      return Optional.empty();
    } catch (EngineException | TransferException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Nothing more can be done inside it. */
  boolean isOver() {
    return left().isZero() || Thread.currentThread().isInterrupted();
  }

  private Duration left() {
    Duration left = Duration.between(seams.ticker().steady(), end);
    return left.isNegative() ? Duration.ZERO : left;
  }

  @Override
  public void quiet(HeldStep.Quiet step) throws TransferException, RouteException {
    while (true) {
      RouteControl.Traffic traffic = seams.routes().traffic(seen.app()).get(step.instance());
      if (traffic == null || traffic.underway() == 0) {
        return;
      }
      if (left().isZero()) {
        throw new TransferException(
            ("the hold overran: %d requests or connections of %s did not end within it. Raise"
                    + " 'upgrade.hold', or let clients end theirs")
                .formatted(traffic.underway(), step.instance().place()));
      }
      pause(LOOK);
    }
  }

  @Override
  public void demote(HeldStep.Demote step) throws TransferException {
    InstanceKey key = step.instance();
    undos.push(
        () -> {
          run(step.undo(), key, UNDO, "having %s act again".formatted(key.place()));
          acting = Optional.of(key);
        });
    run(step.hooks(), key, left(), "demoting " + key.place());
  }

  @Override
  public void sync(HeldStep.Sync step) throws RouteException {
    hold.sync();
  }

  @Override
  public void bring(HeldStep.Bring step) throws TransferException {
    seams.transfer().bring(step.state(), side(step.from()), side(step.to()), left());
  }

  @Override
  public void promote(HeldStep.Promote step) throws TransferException {
    InstanceKey key = step.instance();
    undos.push(() -> run(step.undo(), key, UNDO, "having %s act no longer".formatted(key.place())));
    run(step.hooks(), key, left(), "promoting " + key.place());
    acting = Optional.of(key);
  }

  private void run(List<Hook> hooks, InstanceKey key, Duration limit, String tried)
      throws TransferException {
    Instant deadline = seams.ticker().steady().plus(limit);
    hasHooked = true;
    for (Hook hook : hooks) {
      Duration rest = Duration.between(seams.ticker().steady(), deadline);
      if (rest.isNegative() || rest.isZero()) {
        throw new TransferException(
            "%s: the hold was over before '%s' could run"
                .formatted(tried, String.join(" ", hook.exec())));
      }
      try {
        seams.transfer().run(hook, side(key), rest);
      } catch (TransferException e) {
        throw new TransferException(tried + ": " + e.getMessage(), e);
      }
    }
  }

  private Side side(InstanceKey key) {
    return new Side(key, seen.of(key));
  }

  @Override
  public void stop(HeldStep.Stop step) throws EngineException {
    InstanceKey key = step.instance();
    undos.push(() -> startAndAwait(step.app(), key, step.app().probe().startWithin()));
    Duration grace = left().dividedBy(4);
    seams.engine().stop(key, grace.compareTo(GRACE) < 0 ? grace : GRACE);
    notes = notes.forgetting(key);
  }

  @Override
  public void start(HeldStep.Start step) throws EngineException, TransferException {
    InstanceKey key = step.instance();
    undos.push(
        () -> {
          seams.engine().stop(key, Duration.ZERO);
          notes = notes.forgetting(key);
        });
    Duration kept = limit.minus(forNew(limit));
    startAndAwait(step.app(), key, left().minus(kept));
  }

  @Override
  public void ifPossible(HeldStep.IfPossible step) throws RouteException {
    try {
      step.step().performWith(this);
    } catch (EngineException | TransferException e) {
      lose(String.valueOf(e.getMessage()));
    } catch (RouteException e) {
      if (e.kind() != RouteException.Kind.STATE) {
        throw e; // The flip would meet the same, and is tried again.
      }
      lose(String.valueOf(e.getMessage()));
    }
  }

  private void lose(String what) {
    loss = Optional.of(loss.map(l -> l + "; " + what).orElse(what));
  }

  private void startAndAwait(App app, InstanceKey key, Duration within)
      throws EngineException, TransferException {
    Instant deadline = seams.ticker().steady().plus(within);
    seams.engine().start(key);
    notes = notes.with(key, n -> n.started(seams.ticker().steady()));
    while (true) {
      List<ObservedContainer> own =
          seams.engine().list().stream().filter(c -> c.instance().equals(key)).toList();
      Result result =
          HealthRound.of(app, own, seams.probe(), shorter(app.probe().timeout(), deadline));
      if (result.passed()) {
        Instant at = seams.ticker().steady();
        Pulse pulse = new Pulse(Lives.of(own), 0, 0, at, "").after(result, at);
        notes = notes.with(key, n -> n.withPulse(pulse));
        return;
      }
      if (!seams.ticker().steady().isBefore(deadline)) {
        throw new TransferException(
            "%s was not healthy within %d ms of its start: %s"
                .formatted(key.place(), within.toMillis(), result.message()));
      }
      pause(ASK_AGAIN);
    }
  }

  private Duration shorter(Duration timeout, Instant deadline) {
    Duration rest = Duration.between(seams.ticker().steady(), deadline);
    Duration most = rest.compareTo(timeout) < 0 ? rest : timeout;
    return most.compareTo(ASK_AGAIN) < 0 ? ASK_AGAIN : most;
  }

  private void pause(Duration duration) throws TransferException {
    if (Thread.currentThread().isInterrupted()) {
      throw new TransferException("interrupted inside the hold: it took too long");
    }
    seams.ticker().pause(duration);
  }
}
