package dev.bumpless.agent.link;

import dev.bumpless.agent.swap.Desired;
import dev.bumpless.protocol.Assignment;
import dev.bumpless.protocol.Order;
import dev.bumpless.trust.Floors;
import java.util.Optional;

/** What is made of an order that arrived. */
sealed interface Verdict {

  /**
   * To be kept and obeyed.
   *
   * @param floors what has to be on the disk before anybody obeys
   */
  record Accepted(Assignment assignment, Desired desired, Floors floors) implements Verdict {}

  /** Said again by the controller, or brought twice by the broker; known and obeyed already. */
  record Duplicate(Order order) implements Verdict {}

  /**
   * Not obeyed; what runs is not touched.
   *
   * @param key tells this refusal from others, so that it is reported once
   * @param order where it was truly the controller's newest word to this device: then the rollout
   *     shall hear of it
   */
  record Rejected(String code, String message, String key, Optional<Order> order)
      implements Verdict {}
}
