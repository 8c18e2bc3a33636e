package dev.bumpless.controller.link;

import dev.bumpless.protocol.DeviceId;
import java.util.Set;

/** What the link's thread has to look at: the closed set. */
sealed interface Event {

  /** A message came; the payload is nobody else's. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Received(String topic, byte[] payload) implements Event {}

  /** The connection of that number is gone. */
  record Disconnected(long connection, String reason) implements Event {}

  /** These devices have new orders. */
  record Ordered(Set<DeviceId> devices) implements Event {}

  /** Somebody wants this sent; nobody waits for it. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Send(String topic, byte[] payload) implements Event {}
}
