package dev.bumpless.router.modbus;

import dev.bumpless.router.table.Backend;
import dev.bumpless.router.table.Endpoint;
import io.netty.buffer.ByteBuf;

/**
 * Told of every request that may have changed an instance. Called on the master's loop, so it may
 * not block, and before the master has its answer and the instance's claim is given back: who saw
 * {@link Backend#underway} at zero has been told of everything before it. The frames belong to the
 * caller.
 */
public interface WriteWatch {
  /** Its answer is about to pass, an exception too. */
  void answered(Backend by, Endpoint route, ByteBuf request, ByteBuf answer);

  /** It was sent and will have no answer: perhaps it was carried out, perhaps it will be. */
  void unanswered(Backend by, Endpoint route, ByteBuf request);

  /** A connection is from now on relayed without being understood. */
  void opaque(Endpoint route);
}
