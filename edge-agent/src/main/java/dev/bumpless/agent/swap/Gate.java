package dev.bumpless.agent.swap;

import dev.bumpless.manifest.Opening;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Between staged and started: an order that touches what serves waits here for its window and for
 * whoever asked that nothing is touched, and goes on by itself.
 *
 * <p>Windows are moments of the wall clock, which may jump: it is looked at again and again. Where
 * it is behind the order, which was signed later than that, the order's moment counts.
 *
 * @param asked the newest word on the order, with its terms
 */
record Gate(OrderRef order, ObservedApp seen, Order asked) {
  private static final Duration LOOK_EVERY = Duration.ofSeconds(30);

  Plan next() {
    return asked.waitsForNobody() ? pass() : window().or(this::lease).orElseGet(this::pass);
  }

  private Plan pass() {
    return plan(Phase.STAGED, "it may begin", new Step.Pass(asked.waitsForNobody()));
  }

  private Optional<Plan> window() {
    Instant now = asked.issuedAt().isAfter(seen.wall()) ? asked.issuedAt() : seen.wall();
    return asked
        .opening()
        .filter(opening -> opening.isAhead(now) || opening.isOver(now))
        .map(opening -> opening.isAhead(now) ? ahead(opening, now) : over(opening));
  }

  private Plan ahead(Opening opening, Instant now) {
    Duration left = Duration.between(now, opening.from());
    return waiting(
        "staged, waits for its window, which opens at " + opening.from(),
        left.compareTo(LOOK_EVERY) < 0 ? left : LOOK_EVERY);
  }

  private Plan over(Opening opening) {
    return waiting(
        "staged, but its window was over at %s before it began; waits for the controller's next word"
            .formatted(opening.until()),
        LOOK_EVERY);
  }

  private Plan waiting(String message, Duration span) {
    return plan(Phase.WAITING, message + hint(), new Step.Wait(seen.now().plus(span)));
  }

  private Optional<Plan> lease() {
    return seen.lease()
        .map(
            lease ->
                plan(
                    Phase.WAITING,
                    "'%s' has an update lease until %s (%s)"
                            .formatted(lease.owner(), seen.clock(lease.endsAt()), lease.reason())
                        + hint(),
                    new Step.Wait(lease.endsAt())));
  }

  private String hint() {
    return "; to begin now: bumpless rollout force %s --device %s"
        .formatted(seen.app(), asked.device());
  }

  private Plan plan(Phase phase, String message, Step step) {
    return new Plan(order, phase, message, step);
  }
}
