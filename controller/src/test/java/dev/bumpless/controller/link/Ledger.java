package dev.bumpless.controller.link;

import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the devices of all plants saw, in the order that they saw it: the truth that a fleet's
 * controllers are held against. Any thread may call.
 */
public final class Ledger {
  private final List<Order> orders = new ArrayList<>();
  private final Map<DeviceId, Integer> ordersOf = new HashMap<>();
  private final Map<String, Integer> underWay = new HashMap<>();
  private final Map<String, Integer> mostUnderWay = new HashMap<>();
  private final Set<DeviceId> ended = new HashSet<>();
  private final List<Instant> failuresThatWereStored = new ArrayList<>();
  private final List<Exception> doubts = new ArrayList<>();
  private int repeated;

  /** A device begins with an order that it did not know. */
  synchronized void begins(Order order, String site) {
    orders.add(order);
    ordersOf.merge(order.device(), 1, Integer::sum);
    mostUnderWay.merge(site, underWay.merge(site, 1, Integer::sum), Math::max);
  }

  /** A device was told again what it knows. */
  synchronized void isToldAgain() {
    repeated++;
  }

  synchronized void ends(DeviceId device, String site) {
    underWay.merge(site, -1, Integer::sum);
    ended.add(device);
  }

  /** A controller has acknowledged that a device failed. */
  synchronized void failureIsStored(Instant at) {
    failuresThatWereStored.add(at);
  }

  synchronized void doubts(Exception doubt) {
    doubts.add(doubt);
  }

  /** Each order once, as it was first heard. */
  public synchronized List<Order> orders() {
    return List.copyOf(orders);
  }

  public synchronized Map<DeviceId, Integer> ordersOf() {
    return Map.copyOf(ordersOf);
  }

  public synchronized Set<DeviceId> ended() {
    return Set.copyOf(ended);
  }

  /** The most that was under way at any one site. */
  public synchronized int mostUnderWay() {
    return mostUnderWay.values().stream().max(Comparator.naturalOrder()).orElse(0);
  }

  /** How often an order came that was known already. */
  public synchronized int repeated() {
    return repeated;
  }

  public synchronized List<Exception> doubts() {
    return List.copyOf(doubts);
  }

  /** When the failure of that number, from 1, was acknowledged. */
  public synchronized Optional<Instant> failure(int number) {
    return failuresThatWereStored.stream().sorted().skip(number - 1L).findFirst();
  }

  public synchronized int failures() {
    return failuresThatWereStored.size();
  }

  /** The most orders that were made in any span of that length. */
  public synchronized int mostIn(Duration span) {
    List<Instant> made = orders.stream().map(Order::issuedAt).sorted().toList();
    int most = 0;
    int first = 0;
    for (int last = 0; last < made.size(); last++) {
      while (!made.get(first).isAfter(made.get(last).minus(span))) {
        first++;
      }
      most = Math.max(most, last - first + 1);
    }
    return most;
  }
}
