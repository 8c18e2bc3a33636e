package dev.bumpless.controller.rollout;

import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.RolloutName;
import dev.bumpless.protocol.DeviceId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Where rollouts are kept. Called by any thread; durable when the call returns, or inside {@link
 * OrderStore#inTransaction} when that does.
 */
public interface RolloutStore {

  /** Keeps a new rollout with all its targets. */
  void save(Rollout rollout);

  /** Replaces a target of a rollout, or adds it. */
  void update(UUID rollout, Target target);

  /** Replaces the course of a rollout that has one. */
  void update(UUID rollout, Course course);

  Optional<Rollout> find(UUID id);

  Optional<Target> target(UUID rollout, DeviceId device);

  /** Newest first, at most {@code limit}; of one app or of all. */
  List<Rollout> recent(Optional<AppName> app, int limit);

  /** The newest rollout that has this name, or is of the app of this name. */
  Optional<Rollout> newest(String nameOrApp);

  /** The newest of an app that is such a one; reads on until it is found. */
  Optional<Rollout> newest(AppName app, Predicate<Rollout> which);

  /** The newest rollout of this name. */
  Optional<Rollout> named(RolloutName name);

  /** Apps that have an unfinished rollout in waves. */
  Set<AppName> appsInWaves();

  /** Those that are not done, newest first; of one app or of all. */
  List<Rollout> unfinished(Optional<AppName> app);

  /** Those of them that are of the same app and were kept after this one. */
  List<Rollout> unfinishedAfter(Rollout rollout);

  /**
   * What was planned for a device for an app, asked or not, by rollouts newest first, 1,000 at
   * most.
   */
  AppHistory history(DeviceId device, AppName app);
}
