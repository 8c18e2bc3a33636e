package dev.bumpless.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.cli.StubController.Result;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What it does is tested with the programs of the tarball. */
class RehearseCommandTest {
  @Test
  void without_a_simulator_it_says_where_it_looked() throws IOException {
    try (StubController controller = new StubController()) {
      Result result = controller.run(Map.of(), "", "rollout", "rehearse", "-f", "rollout.yaml");

      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.err()).contains("there is no simulator").contains("bumpless-simulator");
    }
  }
}
