package dev.bumpless.agent.swap;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Hook;
import dev.bumpless.manifest.StatePolicy;
import java.util.List;

/**
 * One thing to do inside a hold, before the flip. What can be undone says by what: it is undone in
 * reverse order if anything that follows fails.
 */
sealed interface HeldStep {

  /** Calls the performer's method for this kind. */
  void performWith(Performer performer) throws TransferException, RouteException, EngineException;

  /** Performs held steps: one method a kind. */
  interface Performer {
    void quiet(Quiet step) throws TransferException, RouteException;

    void demote(Demote step) throws TransferException;

    void sync(Sync step) throws RouteException;

    void bring(Bring step) throws TransferException;

    void promote(Promote step) throws TransferException;

    void stop(Stop step) throws EngineException;

    void start(Start step) throws EngineException, TransferException;

    void ifPossible(IfPossible step) throws RouteException;
  }

  /** Waits until what was sent to the instance before the hold has been answered. */
  record Quiet(InstanceKey instance) implements HeldStep {
    @Override
    public void performWith(Performer performer) throws TransferException, RouteException {
      performer.quiet(this);
    }
  }

  /**
   * Has the instance act no longer.
   *
   * @param undo have it act again
   */
  record Demote(InstanceKey instance, List<Hook> hooks, List<Hook> undo) implements HeldStep {
    public Demote {
      hooks = List.copyOf(hooks);
      undo = List.copyOf(undo);
    }

    @Override
    public void performWith(Performer performer) throws TransferException {
      performer.demote(this);
    }
  }

  /** Makes both sides of the router's copy alike. */
  record Sync() implements HeldStep {
    @Override
    public void performWith(Performer performer) throws RouteException {
      performer.sync(this);
    }
  }

  /** Brings state that the router does not carry. */
  record Bring(StatePolicy state, InstanceKey from, InstanceKey to) implements HeldStep {
    @Override
    public void performWith(Performer performer) throws TransferException {
      performer.bring(this);
    }
  }

  /**
   * Has the instance act.
   *
   * @param undo have it act no longer
   */
  record Promote(InstanceKey instance, List<Hook> hooks, List<Hook> undo) implements HeldStep {
    public Promote {
      hooks = List.copyOf(hooks);
      undo = List.copyOf(undo);
    }

    @Override
    public void performWith(Performer performer) throws TransferException {
      performer.promote(this);
    }
  }

  /**
   * Stops what serves, which is started again if it has to be undone.
   *
   * @param app its manifest
   */
  record Stop(App app, InstanceKey instance) implements HeldStep {
    @Override
    public void performWith(Performer performer) throws EngineException {
      performer.stop(this);
    }
  }

  /**
   * Starts what shall serve and waits until it is healthy; it is stopped if that has to be undone.
   *
   * @param app its manifest
   */
  record Start(App app, InstanceKey instance) implements HeldStep {
    @Override
    public void performWith(Performer performer) throws EngineException, TransferException {
      performer.start(this);
    }
  }

  /**
   * On a way back, which goes on without it if it fails: what is lost is told, and the swap ends
   * INCONSISTENT.
   */
  record IfPossible(HeldStep step) implements HeldStep {
    @Override
    public void performWith(Performer performer) throws RouteException {
      performer.ifPossible(this);
    }
  }
}
