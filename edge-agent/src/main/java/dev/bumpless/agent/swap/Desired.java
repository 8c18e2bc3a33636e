package dev.bumpless.agent.swap;

import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Release;
import java.util.Optional;

/** What shall be of an app: the newest verified order, and the release where it names one. */
public record Desired(Order order, Optional<Release> release) {
  public Desired {
    if (order.action() instanceof Order.Run run
        && !release.map(r -> r.id().equals(run.revision().release())).orElse(false)) {
      throw new IllegalArgumentException("order " + order.sequence() + " without its release");
    }
  }
}
