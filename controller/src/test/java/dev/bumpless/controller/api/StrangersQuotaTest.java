package dev.bumpless.controller.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class StrangersQuotaTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  private final StrangersQuota quota = new StrangersQuota();

  @Test
  void soManyOfAMinuteAreWrittenDownAndTheRestIsCounted() {
    for (int i = 0; i < StrangersQuota.MOST; i++) {
      assertThat(quota.admit(NOW.plusMillis(i))).contains("-");
    }
    for (int i = 0; i < 1_000; i++) {
      assertThat(quota.admit(NOW.plusSeconds(59))).isEmpty();
    }

    assertThat(quota.admit(NOW.plusSeconds(60)))
        .contains("and 1000 more before that were not written down");
    assertThat(quota.admit(NOW.plusSeconds(61))).contains("-");
  }

  @Test
  void aClockThatIsSetBackDoesNotSilenceIt() {
    for (int i = 0; i <= StrangersQuota.MOST; i++) {
      quota.admit(NOW);
    }

    assertThat(quota.admit(NOW.minusSeconds(3_600))).isPresent();
  }
}
