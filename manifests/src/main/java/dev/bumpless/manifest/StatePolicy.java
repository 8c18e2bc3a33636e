package dev.bumpless.manifest;

/** What becomes of the app's state in a swap. */
public sealed interface StatePolicy {
  /** Nothing is carried over. */
  record None() implements StatePolicy {}

  /** Both slots mount the same named volumes and both write: openly outside the guarantees. */
  record SharedVolume() implements StatePolicy {}
}
