package dev.bumpless.agent.swap;

import java.io.IOException;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.Optional;

/**
 * Performs the one step that clients can feel. The intent is in the journal before the hold, the
 * measurement after it. Used by one thread for one step.
 *
 * <h2>Crash safety</h2>
 *
 * Until the flip the table names the old instances; whatever happened inside the hold by then is
 * undone, here if it failed, by the next life of the agent if it died. Once the flip is done the
 * table names the new ones, whether or not that can be noted.
 */
final class FlipRunner {
  private static final Logger LOG = System.getLogger(FlipRunner.class.getName());

  private static final Duration ASK_AGAIN = Duration.ofMillis(25);

  private final Seams seams;
  private final Meters meters;
  private final ObservedApp seen;
  private JournalEntry entry;
  private Notes notes;

  FlipRunner(Seams seams, Meters meters, ObservedApp seen) {
    this.seams = seams;
    this.meters = meters;
    this.seen = seen;
    this.entry = seen.entry();
    this.notes = seen.notes();
  }

  /** As saved last. */
  JournalEntry entry() {
    return entry;
  }

  /** Of the instances as they were left, also where the step has failed. */
  Notes notes() {
    return notes;
  }

  Memory run(Step.Switch step)
      throws RouteException, EngineException, TransferException, IOException {
    noteIntent(step);
    step.metered().ifPresent(meters::measure);
    Duration held = holdFlipRelease(step);
    return new Memory(crossed(step, held), notes.withTrouble(Optional.empty()));
  }

  private void noteIntent(Step.Switch step) throws IOException {
    JournalEntry intent = entry;
    if (step.swap().isPresent() && !entry.swap().equals(step.swap())) {
      intent =
          entry.withSwap(
              step.swap().get().withSteps(seen.notes().stepsUntil(seams.ticker().steady())));
    }
    if (step.inside().stream().anyMatch(FlipRunner::isAboutActing)) {
      intent = intent.withPromoted(Optional.empty());
    }
    if (!intent.equals(entry)) {
      save(intent);
    }
  }

  private static boolean isAboutActing(HeldStep step) {
    return step instanceof HeldStep.Demote
        || step instanceof HeldStep.Promote
        || (step instanceof HeldStep.IfPossible may && isAboutActing(may.step()));
  }

  private Duration holdFlipRelease(Step.Switch step)
      throws RouteException, EngineException, TransferException, IOException {
    try (RouteControl.Hold hold = seams.routes().hold(seen.app(), step.hold())) {
      HeldRunner held = new HeldRunner(seams, seen, hold, step.hold());
      try {
        held.perform(step.inside());
        noteLoss(held);
        flip(hold, step, held);
      } catch (RouteException
          | EngineException
          | TransferException
          | IOException
          | RuntimeException e) {
        undo(held, e);
        throw e;
      } finally {
        notes = held.notes();
      }
      noteActing(held);
      return hold.release();
    } catch (RouteException e) {
      throw e.kind() == RouteException.Kind.REFUSED
          ? new RouteException(RouteException.Kind.HOLD_LOST, String.valueOf(e.getMessage()), e)
          : e;
    }
  }

  /** A flip without an answer may have been done all the same. */
  private void flip(RouteControl.Hold hold, Step.Switch step, HeldRunner held)
      throws RouteException {
    try {
      hold.flip(step.serving());
    } catch (RouteException e) {
      boolean isOpen = e.kind() == RouteException.Kind.UNREACHABLE && !step.inside().isEmpty();
      if (!isOpen || !isDone(step, held)) {
        throw e;
      }
    }
  }

  /**
   * The table tells. It is asked until it answers, or the hold is over: to undo what was done
   * inside the hold while the flip was done would stop what serves.
   */
  private boolean isDone(Step.Switch step, HeldRunner held) {
    while (true) {
      try {
        return seams
            .routes()
            .table()
            .of(seen.app())
            .filter(r -> r.serving().equals(step.serving()))
            .isPresent();
      } catch (RouteException e) {
        if (held.isOver()) {
          return false;
        }
        seams.ticker().pause(ASK_AGAIN);
      }
    }
  }

  private void undo(HeldRunner held, Exception why) {
    Optional<String> left = held.undo();
    left.ifPresent(
        l -> {
          LOG.log(Logger.Level.ERROR, "after a failed swap of {0}: {1}", seen.app(), l);
          why.addSuppressed(new TransferException(l));
        });
    noteActing(held);
  }

  /** The swap ends INCONSISTENT: that is known before the flip that makes it so. */
  private void noteLoss(HeldRunner held) throws IOException {
    Optional<Swap.Return> back = entry.swap().flatMap(Swap::back);
    if (held.loss().isPresent() && back.isPresent()) {
      save(entry.withSwap(entry.swap().get().withBack(back.get().losing(held.loss().get()))));
    }
  }

  private void noteActing(HeldRunner held) {
    if (!held.hasHooked()) {
      entry = entry.withPromoted(seen.entry().promoted());
    } else if (held.acting().isPresent()) {
      entry = entry.withPromoted(held.acting().map(key -> Lives.of(seen.of(key))));
    }
  }

  /** The flip is done whether or not it can be noted: the intent and the table tell it too. */
  private JournalEntry crossed(Step.Switch step, Duration held) {
    if (entry.swap().isEmpty()) {
      return tryToSave(entry);
    }
    Swap swap = entry.swap().get().measured(Optional.of(held), meters.longest(seen.app()));
    return tryToSave(entry.withSwap(step.isLast() ? swap.flipped(seams.ticker().steady()) : swap));
  }

  private JournalEntry tryToSave(JournalEntry after) {
    try {
      if (!after.equals(seen.entry())) {
        save(after);
      }
    } catch (IOException e) {
      LOG.log(Logger.Level.WARNING, "the flip of " + seen.app() + " was not noted", e);
    }
    entry = after;
    return after;
  }

  private void save(JournalEntry newer) throws IOException {
    seams.journal().save(newer);
    entry = newer;
  }
}
