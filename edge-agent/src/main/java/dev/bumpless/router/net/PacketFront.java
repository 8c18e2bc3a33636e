package dev.bumpless.router.net;

import dev.bumpless.router.table.Endpoint;
import dev.bumpless.router.table.Gate;
import io.netty.channel.ChannelHandler;

/** What a protocol without connections does with the datagrams that come in by a route. */
public interface PacketFront {
  /** For the listening channel, whose loop calls it alone. */
  ChannelHandler open(Endpoint route, Gate gate, Connections connections);
}
