package dev.bumpless.controller.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.RolloutManifest;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * A device that takes its orders and goes on with them as chance has it: it answers, fails, is
 * slow, falls silent for good, or begins by itself while nobody hears of it. It knows what it was
 * told, and sees to it that it begins with nothing that it may not begin with.
 */
final class RandomDevice {
  private static final List<Phase> NEXT =
      List.of(Phase.PULLING, Phase.BAKING, Phase.COMMITTED, Phase.COMMITTED, Phase.ROLLED_BACK);

  final DeviceId id;
  private final Desk desk;
  private final Random random;
  private final Map<AppName, Order> held = new HashMap<>();
  private final Map<AppName, Long> heard = new HashMap<>();
  private final Map<AppName, Ended> ended = new HashMap<>();
  private final Set<Order.Action> failed = new HashSet<>();
  private final Set<AppName> active = new HashSet<>();
  private final Set<AppName> untold = new HashSet<>();
  private final Set<Order.Action> toldToHaveBegun = new HashSet<>();
  private boolean isSilent;

  /** How it came to an end with what it was asked for. */
  private record Ended(Order.Action action, Phase phase, Optional<Duration> gap) {}

  RandomDevice(DeviceId id, Desk desk, Random random) {
    this.id = id;
    this.desk = desk;
    this.random = random;
  }

  boolean isSilent() {
    return isSilent;
  }

  /** Whether it tried this very run, and went back. */
  boolean hasFailedWith(Order.Action action) {
    return failed.contains(action);
  }

  /** Takes its orders, goes on with them, or falls silent for good. */
  void answer() {
    if (random.nextInt(12) == 0) {
      isSilent = true;
      desk.offline(id);
    }
    if (!isSilent) {
      hear();
      List.copyOf(held.keySet()).forEach(app -> goOn(app, NEXT.get(random.nextInt(NEXT.size()))));
    }
  }

  /** Takes its orders; what it says of them does not come through yet. */
  void listen() {
    if (!isSilent) {
      hear();
    }
  }

  /** Takes its orders, and comes to a good end with them. */
  void finish() {
    if (!isSilent) {
      hear();
      List.copyOf(held.keySet()).forEach(app -> goOn(app, Phase.COMMITTED));
    }
  }

  /** The controller, the broker or the way to them is away, and its window is open. */
  void beginAlone() {
    for (Order order : held.values()) {
      if (isInside(order) && manifest(order).flatMap(RolloutManifest::window).isPresent()) {
        begin(order);
      }
    }
  }

  /**
   * Whether it may still begin by itself with what nobody waits for any more, although it has heard
   * all that there is to hear, and said so.
   */
  boolean waitsInVain() {
    return !isSilent
        && held.values().stream()
            .filter(order -> !active.contains(order.app()) && !untold.contains(order.app()))
            .filter(order -> order.opening().filter(o -> !o.isOver(desk.now)).isPresent())
            .anyMatch(order -> isOver(order) && !isToBeHeard(order.app()));
  }

  private boolean isOver(Order order) {
    return desk.rolloutStore.target(order.id(), id).orElseThrow().phase().isFinal();
  }

  private boolean isToBeHeard(AppName app) {
    return desk.orderStore.ordersOf(id).stream()
        .filter(stored -> stored.order().app().equals(app))
        .anyMatch(stored -> !stored.accepted() && !stored.withdrawn());
  }

  /** Takes the newest word of the controller; what had come to its end stays there. */
  private void hear() {
    if (!desk.book.unheard(id, desk.now).isEmpty()) {
      desk.orderStore.ordersOf(id).stream()
          .filter(stored -> !stored.accepted() && !stored.withdrawn())
          .map(StoredOrder::order)
          .filter(order -> !isRepeated(order))
          .forEach(this::hear);
    }
  }

  /** What it has not said that it heard, it is told again. */
  private boolean isRepeated(Order order) {
    return untold.contains(order.app()) && order.sequence() == heard.get(order.app());
  }

  private void hear(Order order) {
    AppName app = order.app();
    assertThat(order.sequence())
        .as("what %s hears after %s", id, heard)
        .isGreaterThan(heard.getOrDefault(app, 0L));
    heard.put(app, order.sequence());
    Order before = held.get(app);
    if (before != null && !before.action().equals(order.action())) {
      active.remove(app);
    }
    Optional<Ended> end =
        Optional.ofNullable(ended.get(app)).filter(e -> e.action().equals(order.action()));
    if (end.isPresent()) {
      held.remove(app);
      desk.says(id, order, end.get().phase(), end.get().gap());
    } else if (order.cancelled().isPresent() && !active.contains(app)) {
      held.remove(app);
      desk.says(id, order, Phase.CANCELLED);
    } else {
      assertThat(order.cancelled().isPresent() && toldToHaveBegun.contains(order.action()))
          .as("%s said that it has begun, and is to drop %s", id, order)
          .isFalse();
      held.put(app, order);
      untold.add(app);
    }
  }

  /** Says so, as far as its order lets it go on. */
  private void goOn(AppName app, Phase wanted) {
    Order order = held.get(app);
    untold.remove(app);
    boolean mayBegin = active.contains(app) || isInside(order);
    Phase next = mayBegin ? wanted : random.nextBoolean() ? Phase.PULLING : Phase.WAITING;
    if (!next.isStaging()) {
      begin(order);
    }
    Phase said = active.contains(app) && next.isStaging() ? Phase.PROBING : next;
    if (said.isFinal()) {
      end(order, said);
    } else {
      desk.says(id, order, said);
      if (!said.isStaging()) {
        toldToHaveBegun.add(order.action());
      }
    }
  }

  private void end(Order order, Phase phase) {
    Optional<Duration> gap =
        random.nextInt(3) == 0
            ? Optional.of(Duration.ofMillis(random.nextInt(400)))
            : Optional.empty();
    held.remove(order.app());
    active.remove(order.app());
    ended.put(order.app(), new Ended(order.action(), phase, gap));
    if (!phase.isSuccess()) {
      failed.add(order.action());
    }
    desk.says(id, order, phase, gap);
  }

  private boolean isInside(Order order) {
    return order.opening().map(o -> !o.isAhead(desk.now) && !o.isOver(desk.now)).orElse(true);
  }

  private void begin(Order order) {
    if (active.add(order.app())) {
      boolean isOpen =
          manifest(order)
              .flatMap(RolloutManifest::window)
              .map(window -> window.openUntil(desk.now).isPresent())
              .orElse(true);
      assertThat(isOpen || order.waitsForNobody()).as("%s begins with %s", id, order).isTrue();
      assertThat(order.cancelled()).as("%s has a standing order", id).isEmpty();
    }
  }

  @Override
  public String toString() {
    return id + (isSilent ? ", silent, with " : " with ") + held;
  }

  private Optional<RolloutManifest> manifest(Order order) {
    return desk.rolloutStore.find(order.id()).flatMap(Rollout::course).map(Course::manifest);
  }
}
