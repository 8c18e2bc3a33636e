package dev.bumpless.router.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AnswerTimesTest {
  @Test
  void every_time_lies_below_the_bound_of_its_step_and_less_than_a_quarter_away() {
    for (long micros = 0; micros < TimeUnit.MINUTES.toMicros(1); micros += 1 + micros / 300) {
      long below = AnswerTimes.belowMicros(AnswerTimes.step(micros));
      assertThat(below).isGreaterThan(micros);
      assertThat(below - micros).isLessThanOrEqualTo(1 + micros / 4);
    }
  }

  @Test
  void the_steps_grow_and_none_is_left_out() {
    int last = -1;
    for (long micros = 0; micros < 10_000; micros++) {
      int step = AnswerTimes.step(micros);
      assertThat(step).isIn(last, last + 1);
      last = step;
    }
  }

  @Test
  void what_takes_for_ever_counts_as_a_minute() {
    AnswerTimes times = new AnswerTimes();
    times.add(TimeUnit.DAYS.toNanos(1));
    times.add(TimeUnit.MINUTES.toNanos(2));
    assertThat(times).hasToString("67108864:2");
  }

  @Test
  void the_text_has_a_count_for_each_step_that_was_met() {
    AnswerTimes times = new AnswerTimes();
    assertThat(times).hasToString("none");
    times.add(TimeUnit.MICROSECONDS.toNanos(300));
    times.add(TimeUnit.MICROSECONDS.toNanos(319));
    times.add(TimeUnit.MICROSECONDS.toNanos(320));
    times.add(0);
    assertThat(times).hasToString("1:1,320:2,384:1");
  }
}
