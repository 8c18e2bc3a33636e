package dev.bumpless.agent.link;

import dev.bumpless.agent.swap.Desired;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Order;
import dev.bumpless.trust.TrustStore;
import dev.bumpless.trust.Verifier;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where orders arrive: judged, then on the disk, then obeyed. Floors are written before the order:
 * a power cut between the two leaves an order that is known and not held, which is accepted again
 * when the controller repeats it. One thread owns it.
 */
final class OrderDesk {
  private static final Logger LOG = System.getLogger(OrderDesk.class.getName());

  private final Acceptance acceptance;
  private final TrustStore trust;
  private final HeldOrders held;
  private final List<Desired> kept;
  private final List<String> troubles;

  private OrderDesk(Acceptance acceptance, TrustStore trust, HeldOrders held) throws IOException {
    this.acceptance = acceptance;
    this.trust = trust;
    this.held = held;
    HeldOrders.Loaded loaded = held.load(acceptance);
    this.kept = loaded.desired();
    this.troubles = new ArrayList<>(loaded.troubles());
    if (trust.floors().isEmpty()) {
      troubles.add(trust.trouble());
    }
  }

  /**
   * Reads what is in the state folder: {@code floors} and {@code orders/}.
   *
   * @param builtAt when this agent was built, the lowest time floor
   * @throws IOException when the folder cannot be read or written
   */
  static OrderDesk open(
      Path state, DeviceId device, Verifier verifier, MessageCodec codec, Instant builtAt)
      throws IOException {
    HeldOrders held = new HeldOrders(state.resolve("orders"), codec);
    TrustStore trust = TrustStore.open(state.resolve("floors"), held.isUntouched(), builtAt);
    return new OrderDesk(new Acceptance(device, verifier, codec), trust, held);
  }

  /** What was accepted before this start. */
  List<Desired> kept() {
    return kept;
  }

  /** What of it was lost, for the log and the first report. */
  List<String> troubles() {
    return troubles;
  }

  /** The clock, corrected where it is behind signed words. */
  Instant notBefore(Instant clock) {
    return trust.floors().map(f -> f.notBefore(clock)).orElse(clock);
  }

  /** An accepted order is on the disk when this returns. */
  Verdict take(byte[] message, Instant clock) {
    Verdict verdict = acceptance.decide(message, trust.floors(), held::holds, clock);
    if (!(verdict instanceof Verdict.Accepted accepted)) {
      return explained(verdict);
    }
    Order order = accepted.desired().order();
    try {
      trust.raiseTo(accepted.floors());
      held.keep(order, accepted.assignment());
      return accepted;
    } catch (IOException e) {
      String why =
          "order %d for %s cannot be kept on this device: %s; free space, and it is tried again"
              .formatted(order.sequence(), order.app(), e);
      return new Verdict.Rejected("NOT_STORED", why, why, Optional.empty());
    }
  }

  private Verdict explained(Verdict verdict) {
    if (verdict instanceof Verdict.Rejected rejected && rejected.code().equals("TRUST_LOST")) {
      return new Verdict.Rejected(
          rejected.code(), trust.trouble(), trust.trouble(), rejected.order());
    }
    return verdict;
  }

  /** The order cannot be obeyed after all: it is as if it had not been kept. */
  void forget(AppName app) {
    try {
      held.drop(app);
    } catch (IOException e) {
      LOG.log(Level.ERROR, "event=order-not-deleted app={0} reason=\"{1}\"", app, e.getMessage());
    }
  }

  boolean holds(AppName app, long sequence) {
    return held.holds(app, sequence);
  }

  /** The newest accepted order of each app that this device holds. */
  Map<AppName, Long> sequences() {
    return held.sequences();
  }
}
