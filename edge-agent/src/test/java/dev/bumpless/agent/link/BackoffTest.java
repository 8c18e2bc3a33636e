package dev.bumpless.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
  @Test
  void doublesUpToAMinuteAndStartsAnewAfterAReset() {
    for (int seed = 0; seed < 100; seed++) {
      Backoff backoff = new Backoff(new Random(seed));
      for (int seconds : List.of(1, 2, 4, 8, 16, 32, 60, 60, 60)) {
        Duration limit = Duration.ofSeconds(seconds);
        assertThat(backoff.next()).isBetween(limit.dividedBy(2), limit);
      }
      backoff.reset();
      assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }
  }

  @Test
  void twoDevicesDoNotComeBackInStep() {
    List<Duration> first = new ArrayList<>();
    for (int seed = 0; seed < 20; seed++) {
      first.add(new Backoff(new Random(seed)).next());
    }
    assertThat(first).doesNotHaveDuplicates();
  }
}
