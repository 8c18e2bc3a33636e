package dev.bumpless.agent.swap;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.Revision;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The engine's containers and networks, those of this device's label space only. Every call may
 * block, is made by a worker thread of the reconciler, one at a time for an app but at once for
 * several, and leaves nothing half-made that {@link #list} does not show: whoever dies between two
 * calls finds out by listing.
 *
 * <p>Contract: {@code ContainerEngineContract}, run on the fake and on Docker.
 */
public interface ContainerEngine {

  EngineFacts facts() throws EngineException;

  /** All containers with our labels, in any state, those of broken or unknown releases too. */
  List<ObservedContainer> list() throws EngineException;

  /**
   * Creates the containers of one instance, not started: networks first, a fixed address on the
   * device's bridge, everything that the manifest says, labels, restart policy {@code no}.
   * Idempotent: what exists of the same revision is kept; of another revision is an error.
   */
  void create(App app, Revision revision, InstanceKey instance) throws EngineException;

  /** Starts the instance's containers in {@code dependsOn} order. Running ones are left alone. */
  void start(InstanceKey instance) throws EngineException;

  /** Stops them in reverse order, killing after {@code grace}. Stopped or missing ones are fine. */
  void stop(InstanceKey instance, Duration grace) throws EngineException;

  /** Removes containers (killing running ones) and the instance's network. Missing is fine. */
  void remove(InstanceKey instance) throws EngineException;

  /** Whether the engine restarts the instance's containers after a crash or a reboot. */
  void restartByEngine(InstanceKey instance, boolean on) throws EngineException;

  /**
   * What the app's instances use of their memory now; those of which no container runs are left
   * out. Takes milliseconds, so that every round of a bake may ask.
   */
  Map<InstanceKey, MemoryUse> memory(AppName app) throws EngineException;

  /**
   * Calls {@code changed} soon after something of ours died, was killed for memory or restarted.
   */
  AutoCloseable watch(Runnable changed);
}
