package dev.bumpless.controller.rollout;

import dev.bumpless.controller.release.ReleaseStore;
import dev.bumpless.controller.release.SigningKeys;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Opening;
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
import java.util.function.Predicate;

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

  /**
   * Makes and keeps the order, or says it again; it counts from the next sequence of the device.
   *
   * @param opening the only one in which the device may begin; one that was forced stays so
   */
  public StoredOrder issue(
      UUID rollout, DeviceId device, Order.Action action, Optional<Opening> opening, Instant now) {
    return store.inTransaction(
        () -> {
          boolean isForced =
              standing(rollout, device, action.app())
                  .filter(order -> order.action().equals(action) && order.waitsForNobody())
                  .isPresent();
          Optional<Order.Terms> terms =
              isForced ? Optional.of(Order.Terms.FORCED) : opening.map(Order.Terms::inside);
          return save(new Order(rollout, device, 0, now, now.plus(VALIDITY), action, terms));
        });
  }

  /** What this rollout has asked of the device last, unless it was withdrawn or replaced. */
  private Optional<Order> standing(UUID rollout, DeviceId device, AppName app) {
    return store.ordersOf(device).stream()
        .filter(stored -> stored.order().app().equals(app) && !stored.withdrawn())
        .map(StoredOrder::order)
        .filter(order -> order.id().equals(rollout))
        .findFirst();
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
          Optional<Order> standing =
              standing(rollout, device, app).filter(order -> order.cancelled().isEmpty());
          standing
              .filter(order -> !order.waitsForNobody())
              .ifPresent(order -> again(order, Optional.of(Order.Terms.FORCED), now));
          return standing.isPresent();
        });
  }

  /**
   * Says the order that this rollout made once more, and now the device drops it, unless it has
   * begun. Of orders that wait for a window alone: any other begins as soon as it is there.
   *
   * <p>Where the newest order was withdrawn, that is said: the device waits with an earlier one,
   * maybe of another rollout, and what took its place is the only word of it.
   *
   * @param why for a person
   * @return false, with nothing changed, where no such order stands
   */
  public boolean cancel(UUID rollout, DeviceId device, AppName app, String why, Instant now) {
    return store.inTransaction(
        () -> {
          Optional<StoredOrder> newest =
              store.ordersOf(device).stream()
                  .filter(stored -> stored.order().app().equals(app))
                  .filter(stored -> stored.withdrawn() || stored.order().id().equals(rollout))
                  .findFirst();
          Optional<Order> waiting =
              newest
                  .filter(stored -> stored.withdrawn() || stored.order().opening().isPresent())
                  .map(StoredOrder::order);
          waiting.ifPresent(order -> again(order, Optional.of(Order.Terms.cancelled(why)), now));
          return waiting.isPresent()
              || newest.flatMap(stored -> stored.order().cancelled()).isPresent();
        });
  }

  /**
   * Says the order that this rollout made, and that the device has not heard, as one that it drops:
   * with it goes what it was told before and has not begun.
   *
   * @param why for a person
   * @return false, with nothing changed, where no such order stands
   */
  boolean recall(UUID rollout, DeviceId device, AppName app, String why, Instant now) {
    return store.inTransaction(
        () -> {
          Optional<Order> unheard =
              store.ordersOf(device).stream()
                  .filter(stored -> !stored.accepted() && !stored.withdrawn())
                  .map(StoredOrder::order)
                  .filter(order -> order.app().equals(app) && order.id().equals(rollout))
                  .findFirst();
          unheard
              .filter(order -> order.cancelled().isEmpty())
              .ifPresent(order -> again(order, Optional.of(Order.Terms.cancelled(why)), now));
          return unheard.isPresent();
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
    if (!stored.accepted() && stored.order().cancelled().isEmpty()) {
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
   *
   * @param isDone whether the device has come to a good end with that order: it is only to be as it
   *     was, and waits for no window
   */
  void holds(DeviceId device, Map<AppName, Long> sequences, Predicate<Order> isDone, Instant now) {
    for (StoredOrder stored : store.ordersOf(device)) {
      Long held = sequences.get(stored.order().app());
      if (held != null) {
        compare(stored, held, now);
      } else if (stored.accepted() && !(stored.order().action() instanceof Order.Delete)) {
        lost(stored.order(), isDone, now);
      }
    }
  }

  private void lost(Order order, Predicate<Order> isDone, Instant now) {
    if (order.opening().isPresent() && isDone.test(order)) {
      again(order, Optional.empty(), now);
    } else {
      store.save(new StoredOrder(order, false));
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
