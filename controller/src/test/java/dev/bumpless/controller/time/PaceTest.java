package dev.bumpless.controller.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final Pace pace = new Pace();

  @Test
  void isDueAtOnceAndThenAfterEachPause() {
    assertThat(pace.isDue(NOW, PAUSE)).isTrue();
    assertThat(pace.isDue(NOW.plusSeconds(9), PAUSE)).isFalse();
    assertThat(pace.isDue(NOW.plusSeconds(11), PAUSE)).isTrue();
    assertThat(pace.isDue(NOW.plusSeconds(20), PAUSE)).isFalse();
    assertThat(pace.isDue(NOW.plusSeconds(21), PAUSE)).isTrue();
  }

  @Test
  void isDueWhereTheClockWasSetBackAndCountsFromThere() {
    assertThat(pace.isDue(NOW, PAUSE)).isTrue();
    Instant back = NOW.minus(Duration.ofDays(1));

    assertThat(pace.isDue(back, PAUSE)).isTrue();
    assertThat(pace.isDue(back.plusSeconds(9), PAUSE)).isFalse();
    assertThat(pace.isDue(back.plusSeconds(10), PAUSE)).isTrue();
  }
}
