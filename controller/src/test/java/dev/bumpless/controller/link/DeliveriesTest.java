package dev.bumpless.controller.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.protocol.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeliveriesTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  private static final DeviceId ONE = new DeviceId("dev-1");
  private static final DeviceId TWO = new DeviceId("dev-2");
  private static final DeviceId THREE = new DeviceId("dev-3");

  private final Deliveries deliveries = new Deliveries();

  private Instant after(int seconds) {
    return NOW.plusSeconds(seconds);
  }

  @Test
  void tellsAgainLaterAndLater() {
    deliveries.schedule(ONE, NOW);

    assertThat(deliveries.due(NOW, 9, true)).containsExactly(ONE);
    assertThat(deliveries.due(after(1), 9, true)).isEmpty();
    assertThat(deliveries.due(after(2), 9, true)).containsExactly(ONE);
    assertThat(deliveries.due(after(5), 9, true)).isEmpty();
    assertThat(deliveries.due(after(6), 9, true)).containsExactly(ONE);
    Instant at = after(6);
    for (int i = 0; i < 9; i++) {
      at = at.plus(Deliveries.LONGEST);
      assertThat(deliveries.due(at, 9, true)).containsExactly(ONE);
    }
    assertThat(deliveries.due(at.plus(Duration.ofSeconds(59)), 9, true)).isEmpty();
  }

  @Test
  void aClockThatIsSetBackDelaysNobody() {
    deliveries.schedule(ONE, NOW);
    assertThat(deliveries.due(NOW, 9, true)).containsExactly(ONE);
    deliveries.schedule(TWO, after(1));

    Instant back = NOW.minus(Duration.ofDays(1));
    assertThat(deliveries.due(back, 9, true)).isEmpty();
    assertThat(deliveries.due(back.plus(Deliveries.FIRST), 9, true)).containsExactly(TWO);
    assertThat(deliveries.due(back.plus(Deliveries.FIRST.multipliedBy(2)), 9, true))
        .containsExactly(ONE, TWO);
  }

  @Test
  void whoWasNotToldYetComesFirstAndThenWhoWaitsLongest() {
    deliveries.schedule(ONE, NOW);
    assertThat(deliveries.due(NOW, 9, true)).containsExactly(ONE);
    deliveries.schedule(THREE, after(3));
    deliveries.schedule(TWO, after(4));

    assertThat(deliveries.due(after(5), 1, true)).containsExactly(THREE);
    assertThat(deliveries.due(after(5), 2, true)).containsExactly(TWO, ONE);
  }

  @Test
  void nobodyIsToldAgainWhileAnswersWaitToBeRead() {
    deliveries.schedule(ONE, NOW);
    assertThat(deliveries.due(NOW, 9, false)).containsExactly(ONE);
    deliveries.schedule(TWO, NOW);

    assertThat(deliveries.due(after(60), 9, false)).containsExactly(TWO);
    assertThat(deliveries.due(after(60), 9, true)).containsExactly(ONE);
  }

  @Test
  void whoIsForgottenOrHasLeftIsNotTold() {
    deliveries.arrived(ONE, NOW);
    deliveries.arrived(TWO, NOW);
    deliveries.forget(ONE);
    deliveries.left(TWO);
    assertThat(deliveries.due(after(60), 9, true)).isEmpty();

    deliveries.remind(Set.of(ONE, TWO), after(60));
    assertThat(deliveries.due(after(60), 9, true)).containsExactly(ONE);
  }

  @Test
  void whoSpeaksHasArrivedUnlessThatWasKnown() {
    deliveries.spoke(ONE, NOW);
    assertThat(deliveries.due(NOW, 9, true)).containsExactly(ONE);
    deliveries.forget(ONE);

    deliveries.spoke(ONE, NOW);
    assertThat(deliveries.due(after(60), 9, true)).isEmpty();
  }
}
