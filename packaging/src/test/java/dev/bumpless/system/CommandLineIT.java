package dev.bumpless.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bumpless.system.WholeSystem.Result;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What other programs read of what the programs say. */
class CommandLineIT {
  @TempDir private static Path folder;
  private static WholeSystem system;

  @BeforeAll
  static void start() throws Exception {
    system = WholeSystem.start(folder);
    system.push("1", "one");
    system.push("2", "two");
  }

  @AfterAll
  static void stop() throws Exception {
    system.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bumpless", "bumpless-agent", "bumpless-router", "bumpless-controller"})
  void theVersionIsOnePlainLine(String program) {
    Result result = system.run(program, "--version").join();

    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).matches(program + " \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\n");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void theStatusOfAnUpgradeIsToldForPrograms() throws Exception {
    for (String tag : new String[] {"1", "2"}) {
      String manifest = system.manifest(tag, "ok").toString();
      assertThat(system.cli("apply", "-f", manifest, "--wait").exitCode()).isZero();
    }

    Result status = system.cli("rollout", "status", "web", "-o", "json");
    JsonNode device = new ObjectMapper().readTree(status.out()).path("devices").path(0);
    assertThat(device.path("device").asText()).isEqualTo(WholeSystem.DEVICE);
    assertThat(device.path("phase").asText()).isEqualTo("COMMITTED");
    assertThat(device.path("release").asText()).isEqualTo("web@2");
    assertThat(device.path("gapMs").asDouble(-1)).isBetween(0.0, 1000.0);
    assertThat(device.path("holdMs").asDouble(-1)).isBetween(0.0, 250.0);
    assertThat(device.path("message").asText())
        .isEqualTo(
            "web@2 serves from green; inconclusive: the second half of the bake is 1 s, and 10 s are"
                + " needed to compare; probes alone speak for it");
    assertThat(device.path("steps").findValuesAsText("name"))
        .containsExactly(
            "PREFLIGHT", "PULLING", "STAGED", "STARTING", "PROBING", "SWITCHING", "BAKING");
    assertThat(device.path("steps"))
        .allSatisfy(step -> assertThat(step.path("ms").asDouble(-1)).isNotNegative());
  }
}
