package dev.bumpless.controller.rollout;

import dev.bumpless.protocol.Order;

/**
 * The newest order for an app on a device; it is signed whenever it is sent.
 *
 * @param accepted whether the device has said that it holds it
 * @param withdrawn whether the device shall not get it any more, as long as it does not have it
 */
public record StoredOrder(Order order, boolean accepted, boolean withdrawn) {

  /** One that stands. */
  public StoredOrder(Order order, boolean accepted) {
    this(order, accepted, false);
  }
}
