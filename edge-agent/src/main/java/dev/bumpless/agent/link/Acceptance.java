package dev.bumpless.agent.link;

import dev.bumpless.agent.swap.Desired;
import dev.bumpless.protocol.Assignment;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.MalformedMessageException;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Release;
import dev.bumpless.trust.Envelope;
import dev.bumpless.trust.Floors;
import dev.bumpless.trust.Floors.AppFloor;
import dev.bumpless.trust.Sha256;
import dev.bumpless.trust.UntrustedException;
import dev.bumpless.trust.Verifier;
import java.time.Instant;
import java.util.Optional;

/**
 * Decides what is made of an order. Pure: bytes, floors and the time in, a verdict out.
 *
 * <p>Two signatures must agree: the order's, made for this device, and the release's, whose bytes
 * the order names by hash. The checks go from what strangers can do to what only the controller
 * can, so that a code tells how much of the message was genuine.
 */
final class Acceptance {
  private final DeviceId device;
  private final Verifier verifier;
  private final MessageCodec codec;

  Acceptance(DeviceId device, Verifier verifier, MessageCodec codec) {
    this.device = device;
    this.verifier = verifier;
    this.codec = codec;
  }

  /**
   * @param isHeld whether the order of that app and sequence is kept on this device
   * @param clock may be wrong; the time floor corrects one that is behind
   */
  Verdict decide(byte[] message, Optional<Floors> floors, HeldCheck isHeld, Instant clock) {
    String key = Sha256.hex(message);
    try {
      Assignment assignment = codec.decode(message, Assignment.class);
      byte[] orderBytes = verifier.verify(assignment.order(), Envelope.ORDER);
      Order order = codec.decode(orderBytes, Order.class);
      key = Sha256.hex(orderBytes);
      if (!order.device().equals(device)) {
        throw new Refusal("WRONG_DEVICE", "an order for " + order.device() + ", this is " + device);
      }
      Floors known =
          floors.orElseThrow(
              () -> new Refusal("TRUST_LOST", "this device has lost what it must not forget"));
      return decide(new Candidate(assignment, order, key), known, isHeld, clock);
    } catch (Refusal refusal) {
      return new Verdict.Rejected(refusal.code, refusal.getMessage(), key, refusal.order);
    } catch (UntrustedException e) {
      return new Verdict.Rejected(e.code().name(), "an order: " + e.getMessage(), key, none());
    } catch (MalformedMessageException e) {
      return new Verdict.Rejected(malformedCode(message), e.getMessage(), key, none());
    }
  }

  /** What was accepted once and kept stands: only signatures and their agreement are checked. */
  Desired readKept(Assignment assignment)
      throws UntrustedException, MalformedMessageException, Refusal {
    byte[] orderBytes = verifier.verify(assignment.order(), Envelope.ORDER);
    Order order = codec.decode(orderBytes, Order.class);
    if (!order.device().equals(device)) {
      throw new Refusal("WRONG_DEVICE", "an order for " + order.device() + ", this is " + device);
    }
    return new Desired(order, release(order, assignment));
  }

  /** Whether an order is on this device's disk. */
  interface HeldCheck {
    boolean holds(Order order);
  }

  private record Candidate(Assignment assignment, Order order, String sha256) {}

  private Verdict decide(Candidate candidate, Floors floors, HeldCheck isHeld, Instant clock)
      throws Refusal {
    Order order = candidate.order();
    AppFloor floor = floors.of(order.app()).orElse(new AppFloor(0, "", 0));
    boolean isKnown =
        order.sequence() == floor.sequence() && candidate.sha256().equals(floor.orderSha256());
    if (isKnown && isHeld.holds(order)) {
      return new Verdict.Duplicate(order);
    }
    if (!isKnown && order.sequence() <= floor.sequence()) {
      throw new Refusal(
          "REPLAYED",
          "order %d for %s; order %d was accepted before"
              .formatted(order.sequence(), order.app(), floor.sequence()));
    }
    if (!isKnown) {
      checkTime(order, floors.notBefore(clock), clock);
    }
    return accept(candidate, floors, floor);
  }

  private static void checkTime(Order order, Instant now, Instant clock) throws Refusal {
    if (!now.isBefore(order.expires())) {
      String clockNote = now.equals(clock) ? "" : " (its clock says " + clock + ")";
      throw new Refusal(
              "EXPIRED",
              "order %d for %s expired at %s, for this device it is %s%s; order again, and check the clocks of controller and device if that does not help"
                  .formatted(order.sequence(), order.app(), order.expires(), now, clockNote))
          .of(order);
    }
  }

  private Verdict accept(Candidate candidate, Floors floors, AppFloor floor) throws Refusal {
    Order order = candidate.order();
    Optional<Release> release;
    try {
      release = release(order, candidate.assignment());
    } catch (Refusal refusal) {
      throw refusal.of(order);
    } catch (UntrustedException e) {
      throw new Refusal(e.code().name(), named(order) + e.getMessage()).of(order);
    } catch (MalformedMessageException e) {
      throw new Refusal("MALFORMED", named(order) + e.getMessage()).of(order);
    }
    long counter = release.map(r -> r.id().counter()).orElse(Long.MAX_VALUE);
    if (counter < floor.counter()) {
      throw new Refusal(
              "FLOOR",
              "release %s@%d is below %d, the lowest that may still run here: a newer release says that older ones are unsafe"
                  .formatted(order.app(), counter, floor.counter()))
          .of(order);
    }
    long lowest = release.map(Release::floor).orElse(0L);
    Floors raised =
        floors.raisedBy(
            order.app(), order.sequence(), candidate.sha256(), lowest, order.issuedAt());
    return new Verdict.Accepted(candidate.assignment(), new Desired(order, release), raised);
  }

  private Optional<Release> release(Order order, Assignment assignment)
      throws Refusal, UntrustedException, MalformedMessageException {
    if (!(order.action() instanceof Order.Run run)) {
      return Optional.empty();
    }
    Envelope envelope =
        assignment
            .release()
            .orElseThrow(
                () -> new Refusal("RELEASE_MISSING", "order " + order.sequence() + " brings none"));
    byte[] bytes = verifier.verify(envelope, Envelope.RELEASE);
    if (!Sha256.hex(bytes).equals(run.releaseSha256())) {
      throw new Refusal("RELEASE_MISMATCH", named(order) + "its bytes are not what was ordered");
    }
    Release release = codec.decode(bytes, Release.class);
    if (!release.id().equals(run.revision().release())) {
      throw new Refusal(
          "RELEASE_MISMATCH",
          named(order) + "it is " + release.id() + ", ordered " + run.revision().release());
    }
    return Optional.of(release);
  }

  private static String named(Order order) {
    return "the release of order " + order.sequence() + " for " + order.app() + ": ";
  }

  private static String malformedCode(byte[] message) {
    return message.length > Envelope.MAX_BYTES ? "TOO_LARGE" : "MALFORMED";
  }

  private static Optional<Order> none() {
    return Optional.empty();
  }

  /** Ends a decision early. */
  static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;
    private final String code;
    private transient Optional<Order> order = Optional.empty();

    Refusal(String code, String message) {
      super(message, null, false, false);
      this.code = code;
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }

    /** It was the controller's newest word to this device. */
    Refusal of(Order genuine) {
      order = Optional.of(genuine);
      return this;
    }
  }
}
