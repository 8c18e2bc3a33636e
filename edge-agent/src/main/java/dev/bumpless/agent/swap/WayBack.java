package dev.bumpless.agent.swap;

import dev.bumpless.manifest.App;
import java.util.Optional;

/**
 * Whether what clients wrote since the flip would still be there after a way back. Pure.
 *
 * @param closedBy why not; empty where it is open
 */
record WayBack(Optional<String> closedBy) {
  private static final WayBack OPEN = new WayBack(Optional.empty());

  private static WayBack closed(String cause) {
    return new WayBack(Optional.of(cause));
  }

  /** Empty where nothing is carried, or nothing was flipped. */
  static Optional<WayBack> of(ObservedApp seen) {
    return seen.entry()
        .swap()
        .filter(s -> s.flippedAt().isPresent() && s.origin().size() == 1)
        .filter(s -> Cargo.isCarried(s.app()))
        .map(s -> of(s.app(), s.members().first(), s.origin().first(), seen));
  }

  private static WayBack of(App app, InstanceKey now, InstanceKey before, ObservedApp seen) {
    if (Cargo.modbus(app).isPresent()) {
      Optional<String> cause = values(now, before, seen);
      if (cause.isPresent()) {
        return new WayBack(cause);
      }
    }
    if (Cargo.hasFleeting(app) && !seen.runs(now)) {
      return closed("%s has ended, and what it had in memory with it".formatted(now.place()));
    }
    return OPEN;
  }

  /** Of the router's copy: what it marked and has not carried is gone with a process that died. */
  private static Optional<String> values(InstanceKey now, InstanceKey before, ObservedApp seen) {
    Optional<StateCopy> known = seen.copy().filter(c -> c.leads(now, before));
    if (known.isEmpty()) {
      return seen.copy().filter(c -> c.leads(before, now) && !c.isOver()).isPresent()
          ? Optional.empty() // It turns around in a moment; its marks are kept meanwhile.
          : Optional.of("the router knows of no copy; it was restarted, or is told to copy anew");
    }
    StateCopy copy = known.get();
    if (!copy.isOver() && copy.wayBack() != StateCopy.WayBack.CLOSED) {
      return copy.phase() == StateCopy.Phase.WHOLE
          ? Optional.empty()
          : Optional.of("%s is being made like %s again".formatted(before.place(), now.place()));
    }
    return copy.dirty() == 0 && !seen.runs(now)
        ? Optional.empty() // All that was acknowledged had been carried when it died.
        : Optional.of(copy.reason().isEmpty() ? "the copy has ended" : copy.reason());
  }

  boolean isOpen() {
    return closedBy.isEmpty();
  }

  /** {@code open}, or {@code closed: } and the cause. */
  @Override
  public String toString() {
    return closedBy.map(c -> "closed: " + c).orElse("open");
  }
}
