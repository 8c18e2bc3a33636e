package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.HealthProbe.Result;
import dev.bumpless.agent.swap.Notes.Stage;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.ImageRef;
import java.io.IOException;
import java.lang.System.Logger;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Performs one step of one app through the seams, and says what is known afterwards. One for each
 * turn; a failure is noted as {@link Trouble}, what to make of it is the planner's.
 */
final class SeamRunner implements StepRunner<Memory> {
  private static final Logger LOG = System.getLogger(SeamRunner.class.getName());

  /** As docker's own default: then it is killed. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  /** What is cut gets a moment for its close frame. */
  private static final Duration CUT = Duration.ofMillis(500);

  private final Seams seams;
  private final Meters meters;
  private final ImageShelf shelf;
  private final ObservedApp seen;
  private final BooleanSupplier overtaken;
  private final Carrier carrier;
  private JournalEntry entry;
  private Notes notes;

  /**
   * @param overtaken whether a newer order has come
   */
  SeamRunner(
      Seams seams, Meters meters, ImageShelf shelf, ObservedApp seen, BooleanSupplier overtaken) {
    this.seams = seams;
    this.meters = meters;
    this.shelf = shelf;
    this.seen = seen;
    this.overtaken = overtaken;
    this.carrier = new Carrier(seams, seen);
    this.entry = seen.entry();
    this.notes = seen.notes();
  }

  @Override
  public Memory pause(Step.Wait step) {
    return memory();
  }

  @Override
  public Memory begin(Step.Begin step) {
    return attempt(
        () -> {
          Swap swap = step.swap();
          save(seen.entry().withSwap(swap));
          seams.leases().open(seen.app());
          endCarrying();
          return new Memory(entry, seen.notes().beginning(Stage.CLEANING, swap.steps(), now()));
        });
  }

  @Override
  public Memory check(Step.Check step) {
    return attempt(
        () -> {
          App app = step.release().app();
          Preflight preflight =
              new Preflight(
                  seams.engine().facts(),
                  shelf.missing(app),
                  seams.routes().table(),
                  seams.listenAddress());
          Optional<String> objection =
              preflight.objection(step.release(), step.instances()).or(() -> volumes(app));
          if (objection.isPresent()) {
            return memory().with(trouble(true, objection.get()));
          }
          preflight.advice().ifPresent(a -> LOG.log(Logger.Level.INFO, "{0}: {1}", seen.app(), a));
          Stage next = preflight.missing().isEmpty() ? Stage.AT_GATE : Stage.PULLING;
          return done(seen.notes().at(next));
        });
  }

  private Optional<String> volumes(App coming) {
    return entry
        .current()
        .flatMap(serving -> VolumeModes.objection(serving.release().app(), coming));
  }

  @Override
  public Memory pull(Step.Pull step) {
    return attempt(
        () -> {
          for (ImageRef image : shelf.missing(step.app())) {
            shelf.pull(
                image,
                (doneBytes, totalBytes) ->
                    seams
                        .reporter()
                        .pulling(
                            seen.app(), step.order().id(), image.toString(), doneBytes, totalBytes),
                overtaken);
            if (overtaken.getAsBoolean()) {
              return memory();
            }
          }
          return done(seen.notes().at(Stage.AT_GATE));
        });
  }

  @Override
  public Memory arrive(Step.Arrive step) {
    return attempt(
        () -> {
          save(seen.entry().withSwap(step.swap()));
          return done(seen.notes());
        });
  }

  @Override
  public Memory pass(Step.Pass step) {
    boolean isClosed = seams.leases().close(seen.app(), step.evenSo());
    seen.lease()
        .filter(lease -> step.evenSo())
        .ifPresent(
            lease ->
                LOG.log(
                    Logger.Level.WARNING,
                    "event=lease-forced app={0} owner={1} reason=\"{2}\"",
                    seen.app(),
                    lease.owner(),
                    lease.reason()));
    return isClosed ? done(seen.notes().at(Stage.STAGED)) : memory();
  }

  @Override
  public Memory create(Step.Create step) {
    return attempt(
        () -> {
          seams.engine().create(step.app(), step.revision(), step.instance());
          return done(seen.notes().forgetting(step.instance()));
        });
  }

  @Override
  public Memory start(Step.Start step) {
    return attempt(
        () -> {
          seams.engine().start(step.instance());
          return done(seen.notes().with(step.instance(), n -> n.started(now())));
        });
  }

  @Override
  public Memory probe(Step.Probe step) {
    if (step.metered()) {
      meters.measure(step.app());
    }
    Notes notes = seen.notes();
    for (InstanceKey key : step.instances()) {
      Result result = HealthRound.of(step.app(), seen.of(key), seams.probe());
      Instant at = now();
      String life = Lives.of(seen.of(key));
      notes =
          notes.with(
              key,
              n ->
                  n.withPulse(
                      n.pulse().orElseGet(() -> new Pulse(life, 0, 0, at, "")).after(result, at)));
    }
    return new Memory(measured(seen.entry()), notes.withTrouble(Optional.empty()));
  }

  @Override
  public Memory define(Step.Define step) {
    return attempt(
        () -> {
          seams.routes().define(seen.app(), step.routes(), step.targets());
          return done(seen.notes());
        });
  }

  @Override
  public Memory keepAlive(Step.KeepAlive step) {
    return attempt(
        () -> {
          seams.engine().restartByEngine(step.instance(), step.on());
          return done(seen.notes().with(step.instance(), n -> n.lasting(step.on())));
        });
  }

  @Override
  public Memory copy(Step.Copy step) {
    return attempt(() -> done(carrier.copy(step)));
  }

  @Override
  public Memory rehearse(Step.Rehearse step) {
    return attempt(() -> done(carrier.rehearse(step)));
  }

  @Override
  public Memory compare(Step.Compare step) {
    return attempt(() -> done(carrier.compare(step)));
  }

  @Override
  public Memory weigh(Step.Weigh step) {
    return attempt(
        () ->
            done(
                seen.notes()
                    .with(seen.notes().trial().weighed(seams.engine().memory(seen.app())))));
  }

  @Override
  public Memory promote(Step.Promote step) {
    return attempt(
        () -> {
          save(entry.withPromoted(Optional.of(carrier.promote(step))));
          return memory(); // What was wrong before is not mended by it.
        });
  }

  @Override
  public Memory flip(Step.Switch step) {
    return attempt(
        () -> {
          FlipRunner flip = new FlipRunner(seams, meters, seen);
          try {
            return flip.run(step);
          } finally {
            entry = flip.entry();
            notes = flip.notes();
            openAfterLastFlip();
          }
        });
  }

  @Override
  public Memory startBake(Step.StartBake step) {
    return attempt(
        () -> {
          save(seen.entry().withSwap(step.swap().flipped(now())));
          openAfterLastFlip();
          return done(seen.notes());
        });
  }

  @Override
  public Memory turnBack(Step.TurnBack step) {
    return attempt(
        () -> {
          Swap swap = seen.entry().swap().orElseThrow();
          LOG.log(Logger.Level.WARNING, "{0} goes back: {1}", swap.revision(), step.why().reason());
          JournalEntry back =
              seen.entry()
                  .withSwap(swap.withSteps(seen.notes().stepsUntil(now())).withBack(step.why()));
          save(step.isFailed() ? back.withFailed(swap.revision(), step.why().reason()) : back);
          Notes notes = seen.notes();
          for (InstanceKey key : swap.origin()) {
            notes = notes.with(key, InstanceNotes::afresh);
          }
          return done(notes);
        });
  }

  @Override
  public Memory cut(Step.Cut step) {
    return attempt(
        () -> {
          seams.routes().drain(seen.app(), step.instances(), CUT);
          Notes notes = seen.notes();
          for (InstanceKey key : step.instances()) {
            notes = notes.with(key, InstanceNotes::cut);
          }
          return done(notes);
        });
  }

  @Override
  public Memory stop(Step.Stop step) {
    return attempt(
        () -> {
          seams.engine().stop(step.instance(), GRACE);
          return done(seen.notes().forgetting(step.instance()));
        });
  }

  @Override
  public Memory remove(Step.Remove step) {
    return attempt(
        () -> {
          seams.engine().remove(step.instance());
          return done(seen.notes().forgetting(step.instance()));
        });
  }

  @Override
  public Memory removeRoutes(Step.RemoveRoutes step) {
    return attempt(
        () -> {
          seams.routes().remove(seen.app());
          return done(seen.notes());
        });
  }

  @Override
  public Memory settle(Step.Settle step) {
    return attempt(
        () -> {
          save(step.entry());
          seams.leases().open(seen.app());
          meters.end(seen.app());
          endCarrying();
          return new Memory(entry, seen.notes().settled(now()));
        });
  }

  /** What follows a flip, or takes it back, waits for nobody. */
  private void openAfterLastFlip() {
    if (entry.swap().flatMap(Swap::flippedAt).isPresent()) {
      seams.leases().open(seen.app());
    }
  }

  private void endCarrying() {
    seen.entry().swap().or(entry::swap).map(Swap::app).ifPresent(carrier::end);
  }

  /** Best effort: what was not removed now is looked at again after the next order. */
  @Override
  public Memory collectImages(Step.CollectImages step) {
    try {
      if (!shelf.collect()) {
        return memory().with(trouble(false, "its old images wait for a pull to end"));
      }
    } catch (EngineException e) {
      LOG.log(Logger.Level.WARNING, "old images are left where they are", e);
    }
    return done(seen.notes().collected());
  }

  /** In memory only: the gap is saved with what is saved next. */
  private JournalEntry measured(JournalEntry known) {
    AppName app = seen.app();
    return known
        .swap()
        .map(s -> known.withSwap(s.measured(Optional.empty(), meters.longest(app))))
        .orElse(known);
  }

  /** What is saved is what the agent knows, also where the step fails afterwards. */
  private void save(JournalEntry newer) throws IOException {
    seams.journal().save(newer);
    entry = newer;
  }

  private Memory done(Notes notes) {
    return new Memory(entry, notes.withTrouble(Optional.empty()));
  }

  private Memory memory() {
    return new Memory(entry, notes);
  }

  private Notes trouble(boolean permanent, String message) {
    return notes.withTrouble(
        Optional.of(Trouble.after(seen.notes().trouble(), permanent, message, now())));
  }

  private Instant now() {
    return seams.ticker().steady();
  }

  private Memory attempt(Action action) {
    try {
      return action.run();
    } catch (EngineException e) {
      return failed(e.kind() == EngineException.Kind.PERMANENT, e);
    } catch (RouteException e) {
      return failed(isPermanent(e.kind()), e);
    } catch (TransferException e) {
      return failed(true, e);
    } catch (IOException e) {
      return failed(false, e);
    } catch (RuntimeException e) {
      LOG.log(Logger.Level.ERROR, "a step of " + seen.app() + " met a fault of the agent", e);
      return failed(false, e);
    }
  }

  private static boolean isPermanent(RouteException.Kind kind) {
    return switch (kind) {
      case UNREACHABLE, HOLD_LOST, STATE -> false;
      case ADDRESS_IN_USE, REFUSED -> true;
    };
  }

  private Memory failed(boolean permanent, Exception e) {
    LOG.log(Logger.Level.DEBUG, "a step of " + seen.app() + " failed", e);
    StringBuilder message =
        new StringBuilder(e.getMessage() == null ? e.toString() : e.getMessage());
    for (Throwable beside : e.getSuppressed()) {
      if (beside instanceof TransferException left) {
        message.append("; and ").append(left.getMessage());
      }
    }
    return memory().with(trouble(permanent, message.toString()));
  }

  private interface Action {
    Memory run() throws EngineException, RouteException, TransferException, IOException;
  }
}
