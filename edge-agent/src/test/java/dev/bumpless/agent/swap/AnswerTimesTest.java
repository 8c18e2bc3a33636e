package dev.bumpless.agent.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AnswerTimesTest {
  private static AnswerTimes times(long... belowMillisThenCount) {
    Map<Duration, Long> counts = new TreeMap<>();
    for (int i = 0; i < belowMillisThenCount.length; i += 2) {
      counts.put(Duration.ofMillis(belowMillisThenCount[i]), belowMillisThenCount[i + 1]);
    }
    return new AnswerTimes(new TreeMap<>(counts));
  }

  @Test
  void nobody_knows_how_long_no_answer_takes() {
    assertThat(AnswerTimes.NONE.p95()).isEmpty();
    assertThat(AnswerTimes.NONE.count()).isZero();
  }

  @Test
  void five_of_a_hundred_may_take_longer_and_the_sixth_tells() {
    assertThat(times(10, 95, 500, 5).p95()).contains(Duration.ofMillis(10));
    assertThat(times(10, 94, 500, 6).p95()).contains(Duration.ofMillis(500));
  }

  @Test
  void of_a_few_the_slowest_tells() {
    assertThat(times(10, 1).p95()).contains(Duration.ofMillis(10));
    assertThat(times(10, 18, 20, 1).p95()).contains(Duration.ofMillis(20));
  }

  @Test
  void a_window_is_what_came_since() {
    AnswerTimes blue = times(10, 1_000, 20, 3);
    AnswerTimes later = times(10, 1_001, 20, 3, 80, 9);
    assertThat(later.minus(blue)).isEqualTo(times(10, 1, 80, 9));
    assertThat(later.minus(blue).p95()).contains(Duration.ofMillis(80));
    assertThat(later.minus(later)).isEqualTo(AnswerTimes.NONE);
    assertThat(later.minus(AnswerTimes.NONE)).isEqualTo(later);
  }

  @Test
  void counts_that_began_anew_are_all_of_the_window() {
    assertThat(times(10, 4).minus(times(10, 9))).isEqualTo(times(10, 4));
    assertThat(times(10, 40).minus(times(20, 1))).isEqualTo(times(10, 40));
  }

  @Test
  void a_step_counts_something_and_takes_time() {
    assertThatIllegalArgumentException().isThrownBy(() -> times(10, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> times(0, 1));
  }
}
