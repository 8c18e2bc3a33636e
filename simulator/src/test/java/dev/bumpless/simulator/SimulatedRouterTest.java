package dev.bumpless.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.agent.swap.RouteControl.Hold;
import dev.bumpless.agent.swap.RouteException;
import dev.bumpless.agent.swap.Slot;
import dev.bumpless.agent.swap.StateCopy;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.StatePolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

class SimulatedRouterTest {
  private static final AppName APP = new AppName("pump");
  private static final InstanceKey BLUE = new InstanceKey(APP, Slot.BLUE, 0);
  private static final InstanceKey GREEN = new InstanceKey(APP, Slot.GREEN, 0);

  private final SimulatedRouter router = new SimulatedRouter(new QuietSeams.MachineTicker());

  @Test
  void a_flip_moves_the_app_to_a_known_instance_and_to_no_other() throws Exception {
    define(BLUE);
    try (Hold hold = router.hold(APP, Duration.ofMillis(250))) {
      hold.flip(new TreeSet<>(Set.of(BLUE)));
      assertThatThrownBy(() -> hold.flip(new TreeSet<>(Set.of(GREEN))))
          .isInstanceOf(RouteException.class);
    }
    assertThat(router.table().of(APP).orElseThrow().serving()).containsExactly(BLUE);
    assertThatThrownBy(() -> router.hold(new AppName("other"), Duration.ofMillis(250)))
        .isInstanceOf(RouteException.class);
  }

  @Test
  void a_copy_is_whole_and_turns_around_with_a_flip() throws Exception {
    define(BLUE, GREEN);
    flip(BLUE);
    router.copy(APP, BLUE, GREEN, Mockito.mock(StatePolicy.Modbus.class), List.of(), "");
    assertThat(router.copyOf(APP).map(StateCopy::wayBack)).contains(StateCopy.WayBack.NONE);

    flip(GREEN);

    StateCopy back = router.copyOf(APP).orElseThrow();
    assertThat(back.from()).isEqualTo(GREEN);
    assertThat(back.wayBack()).isEqualTo(StateCopy.WayBack.OPEN);
    router.forgetCopy(APP);
    assertThat(router.copyOf(APP)).isEqualTo(Optional.empty());
  }

  private void define(InstanceKey... targets) {
    Map<InstanceKey, java.util.SortedMap<String, String>> all = new TreeMap<>();
    for (InstanceKey target : targets) {
      all.put(target, new TreeMap<>());
    }
    router.define(APP, new TreeMap<>(), all);
  }

  private void flip(InstanceKey to) throws RouteException {
    try (Hold hold = router.hold(APP, Duration.ofMillis(250))) {
      hold.flip(new TreeSet<>(Set.of(to)));
    }
  }
}
