package dev.bumpless.controller.rollout;

import dev.bumpless.protocol.Order;
import dev.bumpless.trust.Envelope;

/**
 * The newest order for an app on a device.
 *
 * @param accepted whether the device has said that it holds it
 * @param withdrawn whether the device shall not get it any more, as long as it does not have it
 */
public record StoredOrder(Order order, Envelope envelope, boolean accepted, boolean withdrawn) {

  /** One that stands. */
  public StoredOrder(Order order, Envelope envelope, boolean accepted) {
    this(order, envelope, accepted, false);
  }
}
