package dev.bumpless.agent.swap;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.StatePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The router's copy of Modbus values, from one instance to the other. Pure. */
final class Replication {
  private static final Duration LOOK = Duration.ofMillis(50);

  /** Between two tries to open a way back that keeps closing. */
  private static final Duration AGAIN = Duration.ofSeconds(5);

  /** A death is seen well within it. */
  private static final Duration SURE = Duration.ofSeconds(2);

  private final ObservedApp seen;
  private final App app;
  private final InstanceKey from;
  private final InstanceKey to;
  private final String defaultAddress;

  /**
   * @param app whose manifest says what is copied
   */
  Replication(ObservedApp seen, App app, InstanceKey from, InstanceKey to, String defaultAddress) {
    this.seen = seen;
    this.app = app;
    this.from = from;
    this.to = to;
    this.defaultAddress = defaultAddress;
  }

  private Optional<StateCopy> copy() {
    return seen.copy().filter(c -> c.leads(from, to));
  }

  /** Why it cannot be carried. */
  Optional<String> failure() {
    return copy()
        .filter(StateCopy::isOver)
        .map(c -> c.reason().isEmpty() ? "the copy of its values has ended" : c.reason());
  }

  /** What has to happen until both are alike; empty when they are, or there is nothing to copy. */
  Optional<Step> untilWhole() {
    Optional<StatePolicy.Modbus> state = Cargo.modbus(app);
    if (state.isEmpty()) {
      return Optional.empty();
    }
    if (copy().isEmpty()) {
      return Optional.of(begin(state.get()));
    }
    return copy().get().phase() == StateCopy.Phase.WHOLE
        ? Optional.empty()
        : Optional.of(new Step.Wait(seen.now().plus(LOOK)));
  }

  String progress() {
    return copy()
        .map(
            c ->
                "carrying %d values of %s to %s: %s, %d written, %d to do"
                    .formatted(
                        c.values(),
                        from.place(),
                        to.place(),
                        RoutePlan.lower(c.phase()),
                        c.copied(),
                        c.dirty()))
        .orElseGet(() -> "carrying the values of %s to %s".formatted(from.place(), to.place()));
  }

  /** Whether what clients write is carried, or will be in a moment, when it turns around. */
  boolean isGoingOn() {
    return seen.copy()
        .filter(c -> c.leads(to, from) || c.leads(from, to))
        .filter(c -> !c.isOver() && !isClosed(c))
        .isPresent();
  }

  /** Has the copy begun anew where it is over or unknown; empty where that is not due. */
  Optional<Step> keptInStep() {
    return Cargo.modbus(app).isEmpty() || isGoingOn() || !seen.runs(from) || !seen.runs(to)
        ? Optional.empty()
        : Optional.of(begunAnew()).filter(Step.Copy.class::isInstance);
  }

  /**
   * Not at once: an instance that was started anew in the middle would be copied over the one that
   * still has what clients wrote. By then its death is seen.
   */
  Step begunAnew() {
    Carry carry = seen.notes().carry();
    Instant sure = carry.unsureSince().orElse(seen.now()).plus(SURE);
    Instant paced = carry.copiedAt().map(at -> at.plus(AGAIN)).orElse(sure);
    Instant due = sure.isAfter(paced) ? sure : paced;
    return seen.now().isBefore(due) ? new Step.Wait(due) : begin(Cargo.modbus(app).orElseThrow());
  }

  private static boolean isClosed(StateCopy copy) {
    return copy.wayBack() == StateCopy.WayBack.CLOSED && !copy.reason().isEmpty();
  }

  private Step begin(StatePolicy.Modbus state) {
    return new Step.Copy(
        from,
        to,
        state,
        Cargo.divergence(app),
        Cargo.route(app, state, defaultAddress).orElseThrow());
  }
}
