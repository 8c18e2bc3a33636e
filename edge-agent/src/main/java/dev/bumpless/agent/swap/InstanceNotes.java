package dev.bumpless.agent.swap;

import java.time.Instant;
import java.util.Optional;

/**
 * What this life of the agent knows of an instance.
 *
 * @param pulse its probe history
 * @param startedAt when this life has started it
 * @param lasting whether the engine restarts it, where this life has said so
 * @param outSince since when it is sent nothing new
 * @param isCut its last connections were cut
 * @param failuresBefore what the router had counted against it before it served
 */
record InstanceNotes(
    Optional<Pulse> pulse,
    Optional<Instant> startedAt,
    Optional<Boolean> lasting,
    Optional<Instant> outSince,
    boolean isCut,
    Optional<Long> failuresBefore) {
  static final InstanceNotes NONE =
      new InstanceNotes(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false,
          Optional.empty());

  InstanceNotes withPulse(Pulse newer) {
    return new InstanceNotes(
        Optional.of(newer), startedAt, lasting, outSince, isCut, failuresBefore);
  }

  InstanceNotes started(Instant at) {
    return new InstanceNotes(
        Optional.empty(), Optional.of(at), lasting, outSince, false, failuresBefore);
  }

  /** It is needed again: what was known of its health is too old, and it may be started anew. */
  InstanceNotes afresh() {
    return new InstanceNotes(
        Optional.empty(), Optional.empty(), lasting, outSince, isCut, failuresBefore);
  }

  InstanceNotes lasting(boolean on) {
    return new InstanceNotes(pulse, startedAt, Optional.of(on), outSince, isCut, failuresBefore);
  }

  boolean isKeptAlive() {
    return lasting.orElse(false);
  }

  InstanceNotes cut() {
    return new InstanceNotes(pulse, startedAt, lasting, outSince, true, failuresBefore);
  }

  /** Nobody is sent there; what the router counts now is not to be held against it later. */
  InstanceNotes out(Instant now, long failures) {
    return new InstanceNotes(
        pulse,
        startedAt,
        lasting,
        outSince.or(() -> Optional.of(now)),
        isCut,
        Optional.of(failures));
  }

  /** It has no containers, and clients that the router still counts there. */
  InstanceNotes gone(Instant now) {
    return new InstanceNotes(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        outSince.or(() -> Optional.of(now)),
        isCut,
        failuresBefore);
  }

  /** It serves, and nobody asked what the router counts. */
  InstanceNotes in() {
    return new InstanceNotes(pulse, startedAt, lasting, Optional.empty(), false, failuresBefore);
  }

  InstanceNotes serving(long failures) {
    return new InstanceNotes(
        pulse,
        startedAt,
        lasting,
        Optional.empty(),
        false,
        failuresBefore.or(() -> Optional.of(failures)));
  }

  /** Another start of its containers: what the probes said before does not count. */
  InstanceNotes inLife(String life) {
    return pulse.filter(p -> !p.life().equals(life)).isEmpty()
        ? this
        : new InstanceNotes(Optional.empty(), startedAt, lasting, outSince, isCut, failuresBefore);
  }
}
