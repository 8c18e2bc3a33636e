package dev.bumpless.router.udp;

import dev.bumpless.router.table.Backend;
import dev.bumpless.router.table.Endpoint;
import dev.bumpless.router.table.Waiter;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A datagram on its way through the gate. It asks for the instance that its flow has, and if that
 * serves no more, for any.
 */
final class Passage implements Waiter {
  private final Flow flow;
  private final ByteBuf datagram;
  private final boolean staysPut;
  private final @Nullable Backend wanted;
  private boolean anyWillDo;

  Passage(Flow flow, ByteBuf datagram, boolean staysPut) {
    this.flow = flow;
    this.datagram = datagram;
    this.staysPut = staysPut;
    this.wanted = flow.current();
  }

  ByteBuf datagram() {
    return datagram;
  }

  boolean staysPut() {
    return staysPut;
  }

  @Override
  public Endpoint route() {
    return flow.route();
  }

  @Override
  public boolean hasTried(Backend candidate) {
    return wanted != null && !anyWillDo && candidate != wanted;
  }

  @Override
  public boolean mayGoBack() {
    return false;
  }

  @Override
  public int parkedBytes() {
    return datagram.readableBytes();
  }

  @Override
  public void claimed(Backend chosen) {
    flow.claimed(chosen, this);
  }

  @Override
  public void refused(Refusal why) {
    if (why == Refusal.ALL_TRIED && wanted != null && !anyWillDo) {
      anyWillDo = true;
      flow.gate().claim(this);
    } else {
      flow.refused(this);
    }
  }
}
