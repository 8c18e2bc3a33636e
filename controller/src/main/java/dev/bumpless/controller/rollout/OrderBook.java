package dev.bumpless.controller.rollout;

import dev.bumpless.controller.release.ReleaseStore;
import dev.bumpless.controller.release.SigningKeys;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.Assignment;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The orders of every device: makes them, signs what is sent, and knows which a device has still to
 * hear.
 *
 * <p>An order is good for {@link #VALIDITY}; one that was not accepted in that time, because the
 * device was away, is made anew with a new sequence when the device is back. May be called by any
 * thread; the store's transactions keep the sequences apart.
 */
public final class OrderBook {
  static final Duration VALIDITY = Duration.ofHours(1);

  /** An order with less than this to go is not worth sending. */
  static final Duration MARGIN = Duration.ofMinutes(1);

  private final OrderStore store;
  private final ReleaseStore releases;
  private final SigningKeys keys;

  public OrderBook(OrderStore store, ReleaseStore releases, SigningKeys keys) {
    this.store = store;
    this.releases = releases;
    this.keys = keys;
  }

  /** Makes and keeps the order; it counts from the next sequence of the device. */
  public StoredOrder issue(UUID rollout, DeviceId device, Order.Action action, Instant now) {
    return store.inTransaction(
        () -> {
          Order order = new Order(rollout, device, 0, now, now.plus(VALIDITY), action);
          return save(order);
        });
  }

  /** Counts and keeps it. */
  private StoredOrder save(Order made) {
    Order order =
        new Order(
            made.id(),
            made.device(),
            store.nextSequence(made.device()),
            made.issuedAt(),
            made.expires(),
            made.action(),
            made.terms());
    StoredOrder stored = new StoredOrder(order, false);
    store.save(stored);
    return stored;
  }

  /**
   * Says the order that this rollout made once more, and now the device waits for nobody.
   *
   * @return false, with nothing changed, where no order of that rollout stands
   */
  public boolean force(UUID rollout, DeviceId device, AppName app, Instant now) {
    return store.inTransaction(
        () -> {
          Optional<StoredOrder> standing =
              store.ordersOf(device).stream()
                  .filter(stored -> stored.order().app().equals(app) && !stored.withdrawn())
                  .filter(stored -> stored.order().id().equals(rollout))
                  .findFirst();
          standing
              .map(StoredOrder::order)
              .filter(order -> !order.waitsForNobody())
              .ifPresent(order -> again(order, Optional.of(new Order.Terms(true)), now));
          return standing.isPresent();
        });
  }

  /** The newest order of each app of a device, by sequence; also one that it has not heard of. */
  public List<StoredOrder> of(DeviceId device) {
    return store.ordersOf(device);
  }

  /** What the device has not accepted yet, ready to be sent. */
  public List<Assignment> unheard(DeviceId device, Instant now) {
    List<Assignment> assignments = new ArrayList<>();
    for (StoredOrder stored : store.ordersOf(device)) {
      if (!stored.accepted() && !stored.withdrawn()) {
        fresh(stored, now).map(this::assignment).ifPresent(assignments::add);
      }
    }
    return assignments;
  }

  /** Empty where it was withdrawn, replaced or accepted meanwhile. */
  private Optional<StoredOrder> fresh(StoredOrder stored, Instant now) {
    if (!stored.order().expires().minus(MARGIN).isBefore(now)) {
      return Optional.of(stored);
    }
    return store.inTransaction(
        () ->
            store.ordersOf(stored.order().device()).stream()
                .filter(kept -> kept.order().equals(stored.order()))
                .filter(kept -> !kept.accepted() && !kept.withdrawn())
                .findFirst()
                .map(kept -> reissue(kept.order(), now)));
  }

  /** Devices that have something to hear, whoever made the order. */
  public Set<DeviceId> waiting() {
    return store.waiting();
  }

  /**
   * Takes back the order that this rollout made, so that it is not sent any more. The device may
   * have it all the same, when it was under way; then it says so in its next report.
   *
   * @return false where the device has it already, which changes nothing
   */
  public boolean withdraw(UUID rollout, DeviceId device, AppName app) {
    return store.inTransaction(
        () ->
            store.ordersOf(device).stream()
                .filter(stored -> stored.order().app().equals(app))
                .filter(stored -> stored.order().id().equals(rollout))
                .allMatch(this::withdraw));
  }

  private boolean withdraw(StoredOrder stored) {
    if (!stored.accepted()) {
      store.save(new StoredOrder(stored.order(), false, true));
    }
    return !stored.accepted();
  }

  /** A device reports an app with the newest sequence that it accepted for it. */
  public void accepted(DeviceId device, AppName app, long sequence, Instant now) {
    if (store.isAccepted(device, app, sequence)) {
      return;
    }
    for (StoredOrder stored : store.ordersOf(device)) {
      if (stored.order().app().equals(app)) {
        compare(stored, sequence, now);
      }
    }
  }

  /**
   * A device says all that it holds. An order that it does not name is lost there, whatever it said
   * before, and will be sent again; but a delete, once accepted, leaves nothing to hold.
   */
  public void holds(DeviceId device, Map<AppName, Long> sequences, Instant now) {
    for (StoredOrder stored : store.ordersOf(device)) {
      boolean isDone = stored.accepted() && stored.order().action() instanceof Order.Delete;
      Long held = sequences.get(stored.order().app());
      if (held != null) {
        compare(stored, held, now);
      } else if (stored.accepted() && !isDone) {
        store.save(new StoredOrder(stored.order(), false));
      }
    }
  }

  /**
   * Higher than ours: the controller's memory is older than the device's, so count on from there.
   */
  private void compare(StoredOrder stored, long held, Instant now) {
    Order order = stored.order();
    if (held > order.sequence()) {
      store.raiseSequence(order.device(), held);
      if (!stored.withdrawn()) {
        reissue(order, now);
      }
    } else if (stored.accepted() != (held == order.sequence())) {
      boolean isHeld = held == order.sequence();
      store.save(new StoredOrder(order, isHeld, stored.withdrawn() && !isHeld));
    }
  }

  private StoredOrder reissue(Order old, Instant now) {
    return store.inTransaction(() -> again(old, old.terms(), now));
  }

  private StoredOrder again(Order old, Optional<Order.Terms> terms, Instant now) {
    Instant expires = now.plus(VALIDITY);
    return save(new Order(old.id(), old.device(), 0, now, expires, old.action(), terms));
  }

  private Assignment assignment(StoredOrder stored) {
    return new Assignment(
        keys.sign(stored.order()),
        Rollout.releaseOf(stored.order().action()).flatMap(releases::envelope));
  }
}
