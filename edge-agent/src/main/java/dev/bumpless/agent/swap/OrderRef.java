package dev.bumpless.agent.swap;

import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Revision;
import java.util.Optional;
import java.util.UUID;

/**
 * What reports need of an order.
 *
 * @param revision what it asks for; empty for stop and delete
 */
public record OrderRef(UUID id, long sequence, Optional<Revision> revision) {
  /** Whether it is that order, or that order said again; a retry asks for another attempt. */
  boolean isSaidAgainBy(OrderRef other) {
    return id.equals(other.id) && revision.equals(other.revision);
  }

  static OrderRef of(Order order) {
    Optional<Revision> revision =
        order.action() instanceof Order.Run run ? Optional.of(run.revision()) : Optional.empty();
    return new OrderRef(order.id(), order.sequence(), revision);
  }
}
