package dev.bumpless.controller.rollout;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.DeviceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** {@link OrderStore} that forgets, and that has no way back inside a transaction. */
public final class MemoryOrderStore implements OrderStore {
  private final Map<DeviceId, Long> sequences = new HashMap<>();
  private final List<StoredOrder> orders = new ArrayList<>();

  @Override
  public synchronized <T> T inTransaction(Supplier<T> work) {
    return work.get();
  }

  @Override
  public synchronized long nextSequence(DeviceId device) {
    return sequences.merge(device, 1L, Long::sum);
  }

  @Override
  public synchronized void raiseSequence(DeviceId device, long seen) {
    sequences.merge(device, seen, Math::max);
  }

  @Override
  public synchronized void save(StoredOrder order) {
    boolean isOlder =
        orders.stream()
            .anyMatch(o -> isSame(o, order) && o.order().sequence() > order.order().sequence());
    if (!isOlder) {
      orders.removeIf(o -> isSame(o, order));
      orders.add(order);
    }
  }

  @Override
  public List<StoredOrder> ordersOf(DeviceId device) {
    return list(order -> order.order().device().equals(device));
  }

  @Override
  public List<StoredOrder> ordersFor(AppName app) {
    return list(order -> order.order().app().equals(app));
  }

  @Override
  public boolean isAccepted(DeviceId device, AppName app, long sequence) {
    return list(StoredOrder::accepted).stream()
        .map(StoredOrder::order)
        .anyMatch(
            order ->
                order.device().equals(device)
                    && order.app().equals(app)
                    && order.sequence() == sequence);
  }

  @Override
  public Set<DeviceId> waiting() {
    return list(order -> !order.accepted() && !order.withdrawn()).stream()
        .map(order -> order.order().device())
        .collect(Collectors.toSet());
  }

  private synchronized List<StoredOrder> list(Predicate<StoredOrder> which) {
    return orders.stream()
        .filter(which)
        .sorted(Comparator.comparingLong(order -> order.order().sequence()))
        .toList();
  }

  private static boolean isSame(StoredOrder one, StoredOrder other) {
    return one.order().device().equals(other.order().device())
        && one.order().app().equals(other.order().app());
  }
}
