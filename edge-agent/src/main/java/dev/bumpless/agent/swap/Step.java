package dev.bumpless.agent.swap;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Hook;
import dev.bumpless.manifest.RegisterRange;
import dev.bumpless.manifest.StatePolicy;
import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.Revision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * One thing to do, then observe again. Every step may be repeated: after a crash in the middle of
 * it, the same observation leads to it again.
 */
sealed interface Step {

  /** Calls the runner's method for this kind of step. */
  <R> R runWith(StepRunner<R> runner);

  /** How long it may take before it counts as hanging and its thread is interrupted. */
  default Duration limit() {
    return Duration.ofMinutes(2);
  }

  /** Nothing to do before {@code until}, unless something happens. */
  record Wait(Instant until) implements Step {
    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.pause(this);
    }
  }

  /** Notes in the journal that a swap is under way. */
  record Begin(Swap swap) implements Step {
    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.begin(this);
    }
  }

  /**
   * Asks whether the machine can take the release, before the first byte moves.
   *
   * @param instances how many of them will run beside what runs now
   */
  record Check(Release release, int instances) implements Step {
    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.check(this);
    }
  }

  /** Brings the images that are missing. */
  record Pull(OrderRef order, App app) implements Step {
    /** A gateway may hang on a mobile network; a pull that stalls is the engine's to notice. */
    @Override
    public Duration limit() {
      return Duration.ofHours(6);
    }

    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.pull(this);
    }
  }

  /** Notes that the swap has come as far as its gate: the deaths before that no longer count. */
  record Arrive(Swap swap) implements Step {
    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.arrive(this);
    }
  }

  /**
   * Closes the door to leases, so that the order may touch what serves.
   *
   * @param evenSo although somebody has a lease
   */
  record Pass(boolean evenSo) implements Step {
    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.pass(this);
    }
  }

  /** Creates the containers of an instance. */
  record Create(App app, Revision revision, InstanceKey instance) implements Step {
    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.create(this);
    }
  }

  record Start(InstanceKey instance) implements Step {
    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.start(this);
    }
  }

  /**
   * One round of probes.
   *
   * @param metered whether a swap is being watched, so that its gap has to be measured
   */
  record Probe(App app, SortedSet<InstanceKey> instances, boolean metered) implements Step {
    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.probe(this);
    }
  }

  /** Tells the router where to listen and whom it can feed. */
  record Define(
      SortedMap<String, String> routes, Map<InstanceKey, SortedMap<String, String>> targets)
      implements Step {
    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.define(this);
    }
  }

  /** Has the router keep the Modbus values of one instance like those of the other. */
  record Copy(
      InstanceKey from,
      InstanceKey to,
      StatePolicy.Modbus state,
      List<RegisterRange> skip,
      String route)
      implements Step {
    public Copy {
      skip = List.copyOf(skip);
    }

    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.copy(this);
    }
  }

  /**
   * Brings state while the old one serves, to learn how long that takes.
   *
   * @param place of the state in the manifest
   * @param within hours for a volume, which may be large, on a slow card
   */
  record Rehearse(int place, StatePolicy state, InstanceKey from, InstanceKey to, Duration within)
      implements Step {
    @Override
    public Duration limit() {
      return Duration.ofMinutes(2).plus(within);
    }

    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.rehearse(this);
    }
  }

  /** Reads of both and holds the answers against each other. */
  record Compare(App app, InstanceKey old, InstanceKey young) implements Step {
    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.compare(this);
    }
  }

  /** Asks what the app's instances use of their memory. */
  record Weigh() implements Step {
    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.weigh(this);
    }
  }

  /** Has an instance that serves act, after a start that left it passive. */
  record Promote(InstanceKey instance, List<Hook> hooks) implements Step {
    public Promote {
      hooks = List.copyOf(hooks);
    }

    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.promote(this);
    }
  }

  /** Whether the engine restarts the instance. */
  record KeepAlive(InstanceKey instance, boolean on) implements Step {
    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.keepAlive(this);
    }
  }

  /**
   * Hold, flip, release: the only step that clients can feel. The intent is in the journal before
   * the hold, the measurement after it; between hold and release nothing is called but what the
   * swap has to do inside, and the flip.
   *
   * @param serving from now on
   * @param hold its limit
   * @param inside what is done before the flip; if it fails nothing is flipped
   * @param swap with the intent; empty outside of a swap
   * @param metered the app whose gap is measured, where something served before
   * @param isLast whether the bake begins with it
   */
  record Switch(
      SortedSet<InstanceKey> serving,
      Duration hold,
      List<HeldStep> inside,
      Optional<Swap> swap,
      Optional<App> metered,
      boolean isLast)
      implements Step {
    public Switch {
      inside = List.copyOf(inside);
    }

    /** With nothing to do inside. */
    Switch(
        SortedSet<InstanceKey> serving,
        Duration hold,
        Optional<Swap> swap,
        Optional<App> metered,
        boolean isLast) {
      this(serving, hold, List.of(), swap, metered, isLast);
    }

    /** What is undone after the hold has its own time. */
    @Override
    public Duration limit() {
      return Duration.ofMinutes(2).plus(hold.multipliedBy(2));
    }

    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.flip(this);
    }
  }

  /** Notes that the last flip was done, where a crash came between it and the note. */
  record StartBake(Swap swap) implements Step {
    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.startBake(this);
    }
  }

  /**
   * Notes that the swap goes back, and why.
   *
   * @param isFailed whether the revision is not to be tried again
   */
  record TurnBack(Swap.Return why, boolean isFailed) implements Step {
    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.turnBack(this);
    }
  }

  /** Cuts what the instances still have open. */
  record Cut(SortedSet<InstanceKey> instances) implements Step {
    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.cut(this);
    }
  }

  record Stop(InstanceKey instance) implements Step {
    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.stop(this);
    }
  }

  record Remove(InstanceKey instance) implements Step {
    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.remove(this);
    }
  }

  /** Closes the app's listeners. */
  record RemoveRoutes() implements Step {
    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.removeRoutes(this);
    }
  }

  /** Notes how an order ended. */
  record Settle(JournalEntry entry) implements Step {
    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.settle(this);
    }
  }

  /** Removes images that nothing refers to any more. */
  record CollectImages() implements Step {
    @Override
    public <R> R runWith(StepRunner<R> runner) {
      return runner.collectImages(this);
    }
  }
}
