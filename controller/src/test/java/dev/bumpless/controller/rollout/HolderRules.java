package dev.bumpless.controller.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.bumpless.controller.rollout.Course.State;
import dev.bumpless.controller.rollout.Deed.Kind;
import dev.bumpless.controller.rollout.Moment.AppOnDevice;
import dev.bumpless.protocol.Order;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What must hold between rollouts: an app on a device is one's alone; whoever took it last gives
 * the orders there, and their numbers rise; nothing is taken back from one that came since; a
 * rollout that is undone is over, and takes nobody's devices.
 */
final class HolderRules {
  private final Map<AppOnDevice, UUID> takers = new HashMap<>();
  private Moment before = Moment.BEGINNING;

  void check(Moment after, Deed deed) {
    after.newestFirst().stream()
        .filter(rollout -> before.find(rollout.id()).isEmpty())
        .forEach(rollout -> wayBack(rollout, after, deed));
    take(after, deed);
    oneForEach(after);
    after.orders().forEach(this::order);
    before = after;
  }

  private void take(Moment after, Deed deed) {
    List<Rollout> oldestFirst = new ArrayList<>(after.newestFirst());
    Collections.reverse(oldestFirst);
    for (Rollout rollout : oldestFirst) {
      Optional<Rollout> was = before.find(rollout.id());
      for (Target target : rollout.targets()) {
        Optional<Target> earlier = was.flatMap(r -> Moment.target(r, target.device()));
        boolean isRetried =
            deed.isTo(rollout, Kind.RETRY)
                && earlier.filter(t -> !t.action().equals(target.action())).isPresent();
        if (earlier.isEmpty() || isRetried) {
          takers.put(new AppOnDevice(rollout.app(), target.device()), rollout.id());
        }
      }
    }
  }

  private static void oneForEach(Moment after) {
    Map<AppOnDevice, Rollout> had = new HashMap<>();
    for (Rollout rollout : after.newestFirst()) {
      for (Target target : rollout.targets()) {
        if (!target.phase().isFinal()) {
          AppOnDevice where = new AppOnDevice(rollout.app(), target.device());
          Rollout other = had.put(where, rollout);
          if (other != null) {
            fail("%s is had by %s and by %s", where, rollout, other);
          }
          if (target.issued() && !after.orders().get(where).id().equals(rollout.id())) {
            fail("%s is asked by %s, and not by %s", where, after.orders().get(where), rollout);
          }
        }
      }
    }
  }

  private void order(AppOnDevice where, Order order) {
    Optional<Order> earlier = Optional.ofNullable(before.orders().get(where));
    long sequence = earlier.map(Order::sequence).orElse(0L);
    boolean isTakenBack =
        order.cancelled().isPresent() && earlier.filter(e -> e.id().equals(order.id())).isPresent();
    if (order.sequence() < sequence) {
      fail("%s goes back from %d to %s", where, sequence, order);
    }
    if (order.sequence() > sequence && !isTakenBack && !order.id().equals(takers.get(where))) {
      fail("%s was taken by %s, and is given %s", where, takers.get(where), order);
    }
  }

  private void wayBack(Rollout back, Moment after, Deed deed) {
    for (Rollout failed : after.inWaves()) {
      boolean isOf = back.cause().equals("rollout undo " + failed.name().orElseThrow());
      if (isOf && deed.isTo(failed, Kind.UNDO)) {
        assertThat(Moment.isOpen(failed)).as("undone: %s", failed).isFalse();
        leaves(back, before.inWaves(), failed, true);
      } else if (isOf) {
        assertThat(failed.course().orElseThrow().isIn(State.ROLLED_BACK)).isTrue();
        leaves(back, after.newerThan(failed), failed, false);
      }
    }
  }

  /** Takes no device of others that are open; where they are newer, not even one that is done. */
  private static void leaves(Rollout back, List<Rollout> others, Rollout own, boolean isLeft) {
    for (Rollout other : others) {
      if (Moment.isOpen(other) && other.app().equals(own.app()) && !other.id().equals(own.id())) {
        assertThat(other.targets())
            .filteredOn(target -> !isLeft || !target.phase().isFinal())
            .extracting(Target::device)
            .as("what %s takes of %s", back, other)
            .doesNotContainAnyElementsOf(Moment.devices(back));
      }
    }
  }
}
