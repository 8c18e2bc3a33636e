package dev.bumpless.controller.rollout;

import dev.bumpless.manifest.RolloutManifest;
import dev.bumpless.manifest.Wave;
import java.time.Instant;
import java.util.Optional;

/**
 * How a rollout in waves stands.
 *
 * @param manifest what the operator wrote
 * @param reason why it is in this state, for a person; empty where that is plain
 * @param wave the last one that may go, from 0
 * @param settledAt since when that wave is over; empty while it is under way
 */
public record Course(
    RolloutManifest manifest, State state, String reason, int wave, Optional<Instant> settledAt) {

  /** Where it is; the names are those of REST. */
  public enum State {
    RUNNING,
    /** Sends nothing until somebody resumes it. */
    PAUSED,
    /** Everybody had his turn. */
    FINISHED,
    ABORTED,
    /** Too many failed, and those who had the release went back to the one before. */
    ROLLED_BACK;

    /** Whether it may still send orders, now or later. */
    public boolean isOpen() {
      return this == RUNNING || this == PAUSED;
    }
  }

  public static Course begin(RolloutManifest manifest) {
    return new Course(manifest, State.RUNNING, "", 0, Optional.empty());
  }

  public boolean isIn(State which) {
    return state == which;
  }

  public Wave openWave() {
    return manifest.waves().get(wave);
  }

  public boolean isLastWave() {
    return wave == lastWave();
  }

  /** Its number, from 0. */
  public int lastWave() {
    return manifest.waves().size() - 1;
  }

  public Course in(State next, String why) {
    return new Course(manifest, next, why, wave, settledAt);
  }

  public Course settled(Optional<Instant> at) {
    return new Course(manifest, state, reason, wave, at);
  }

  public Course nextWave() {
    return new Course(manifest, state, reason, wave + 1, Optional.empty());
  }
}
