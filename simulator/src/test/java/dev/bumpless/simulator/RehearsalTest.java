package dev.bumpless.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.manifest.RolloutManifest;
import dev.bumpless.manifest.RolloutParser;
import dev.bumpless.manifest.Wave;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RehearsalTest {
  private static final String TIMED =
      """
      apiVersion: bumpless.dev/v1
      kind: Rollout
      name: node-red-0-20-8
      app: node-red@7
      target: { site: plant-a }
      waves: [ { devices: 1, then: approve }, { percent: 25, after: 10m }, { percent: 100 } ]
      limits: { failures: 5%, gap: 250ms, perMinute: 100, inFlightPerSite: 1 }
      deadline: 15m
      window: { cron: "0 2 * * SUN", length: 2h, zone: Europe/Vienna }
      onFailure: rollback
      """;

  private static final String GAP = "gap (a stand-in has one of 3 ms)";

  private final RolloutManifest manifest = RolloutParser.parse(TIMED, "rollout.yaml");

  @Test
  void what_waits_by_the_clock_is_left_out_and_said_so() {
    assertThat(Rehearsal.leftOut(manifest))
        .containsExactly("window", "after", "perMinute", GAP, "then: approve (given at once)");

    RolloutManifest rehearsed = Rehearsal.withoutClock(manifest);

    assertThat(rehearsed.window()).isEmpty();
    assertThat(rehearsed.limits().perMinute()).isEmpty();
    assertThat(rehearsed.waves()).extracting(Wave::after).containsOnly(Duration.ZERO);
    assertThat(Rehearsal.leftOut(rehearsed)).hasSize(2);
  }

  @Test
  void what_decides_stays_as_it_is() {
    RolloutManifest rehearsed = Rehearsal.withoutClock(manifest);

    assertThat(rehearsed.name()).isEqualTo(manifest.name());
    assertThat(rehearsed.limits().failures()).isEqualTo(manifest.limits().failures());
    assertThat(rehearsed.limits().gap()).isEqualTo(manifest.limits().gap());
    assertThat(rehearsed.limits().inFlightPerSite()).contains(1);
    assertThat(rehearsed.deadline()).isEqualTo(manifest.deadline());
    assertThat(rehearsed.onFailure()).isEqualTo(manifest.onFailure());
    assertThat(rehearsed.waves()).hasSize(3).first().matches(Wave::approval);
    assertThat(RolloutParser.parse(RolloutParser.toYaml(rehearsed), "again")).isEqualTo(rehearsed);
  }

  @Test
  void a_share_is_a_number_of_percent_from_0_to_100() {
    assertThat(RehearseCommand.share("3%")).isEqualTo(0.03);
    assertThat(RehearseCommand.share("12.5")).isEqualTo(0.125);
    for (String wrong : List.of("101%", "-1%", "many", "", "%")) {
      assertThatThrownBy(() -> RehearseCommand.share(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("--fail " + wrong);
    }
  }
}
