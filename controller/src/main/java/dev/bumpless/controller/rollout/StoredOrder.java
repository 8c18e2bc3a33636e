package dev.bumpless.controller.rollout;

import dev.bumpless.protocol.Order;
import dev.bumpless.trust.Envelope;

/**
 * The newest order for an app on a device.
 *
 * @param accepted whether the device has said that it holds it
 */
public record StoredOrder(Order order, Envelope envelope, boolean accepted) {}
