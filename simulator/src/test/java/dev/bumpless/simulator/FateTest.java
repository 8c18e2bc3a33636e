package dev.bumpless.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.ReleaseId;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FateTest {
  private static final ReleaseId GOOD = new ReleaseId(new AppName("pump"), 1);
  private static final ReleaseId BAD = new ReleaseId(new AppName("pump"), 2);

  @Test
  void the_same_seed_draws_the_same_and_another_one_does_not() {
    assertThat(failing(fate(1))).isEqualTo(failing(fate(1))).isNotEqualTo(failing(fate(2)));
    assertThat(starts(fate(1))).isEqualTo(starts(fate(1))).isNotEqualTo(starts(fate(2)));
  }

  @Test
  void the_share_that_was_asked_for_fails_and_of_other_releases_none() {
    Fate fate = fate(7);

    assertThat(failing(fate)).hasSizeBetween(400, 600); // of 10,000, with 5 %: 500 ± 22
    assertThat(devices().filter(i -> fate.isFailing(SimulatedFleet.id(i), GOOD))).isEmpty();
  }

  @Test
  void no_start_takes_longer_than_the_longest() {
    assertThat(starts(fate(3)))
        .allMatch(start -> start.compareTo(Duration.ofSeconds(2)) < 0 && !start.isNegative());
  }

  @Test
  void half_of_those_that_fail_die_at_once_and_half_within_the_bake() {
    Fate fate = fate(5);
    List<Duration> deaths =
        devices().boxed().flatMap(i -> fate.deathTime(SimulatedFleet.id(i), BAD).stream()).toList();

    assertThat(deaths).hasSameSizeAs(failing(fate));
    assertThat(deaths).allMatch(death -> death.compareTo(Duration.ofSeconds(3)) < 0);
    assertThat(deaths.stream().filter(Duration::isZero).count())
        .isBetween(deaths.size() / 3L, deaths.size() * 2L / 3);
  }

  private static Fate fate(long seed) {
    Fate fate = new Fate(seed, Duration.ofSeconds(2));
    fate.failOn(BAD, 0.05);
    return fate;
  }

  private static IntStream devices() {
    return IntStream.range(0, 10_000);
  }

  private static List<Integer> failing(Fate fate) {
    return devices().filter(i -> fate.isFailing(SimulatedFleet.id(i), BAD)).boxed().toList();
  }

  private static List<Duration> starts(Fate fate) {
    return devices().mapToObj(i -> fate.startTime(SimulatedFleet.id(i), GOOD)).toList();
  }
}
