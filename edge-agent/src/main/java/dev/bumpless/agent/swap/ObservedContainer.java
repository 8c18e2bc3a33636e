package dev.bumpless.agent.swap;

import dev.bumpless.protocol.Revision;
import java.time.Instant;
import java.util.Optional;

/**
 * A container of ours as the engine lists it.
 *
 * @param id the engine's
 * @param revision from its labels
 * @param container its name in the manifest
 * @param address its fixed address on the device's bridge
 * @param restarts how often the engine has started it again by itself
 * @param health what the image's own health check says, empty where it has none
 * @param lastWords the end of what it wrote before it died, on one line; empty where it did not die
 *     or wrote nothing
 */
public record ObservedContainer(
    String id,
    InstanceKey instance,
    Revision revision,
    String container,
    String address,
    State state,
    int exitCode,
    boolean oomKilled,
    int restarts,
    Instant startedAt,
    Optional<Boolean> health,
    String lastWords) {

  /** The engine's words, less those that a finished call never shows. */
  public enum State {
    CREATED,
    RUNNING,
    PAUSED,
    RESTARTING,
    EXITED,
    DEAD
  }

  public ObservedContainer withLastWords(String words) {
    return new ObservedContainer(
        id, instance, revision, container, address, state, exitCode, oomKilled, restarts, startedAt,
        health, words);
  }

  public boolean isRunning() {
    return state == State.RUNNING;
  }

  /** Whether it could still act, by itself or by the engine's hand. */
  boolean isAlive() {
    return switch (state) {
      case RUNNING, PAUSED, RESTARTING -> true;
      case CREATED, EXITED, DEAD -> false;
    };
  }
}
