package dev.bumpless.rig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.manifest.App;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Phase;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An app that counts changes its version on a whole device while a client has it count: no number
 * is missing and none comes twice, whichever way its state is carried.
 */
class StatefulSwapIT {
  private static final int SWAPS = 3;

  @TempDir private Path folder;
  private RigDevice device;

  @BeforeEach
  void serve() throws Exception {
    device = RigDevice.of(folder, CounterApps.images(folder));
  }

  @AfterEach
  void close() throws Exception {
    device.close();
  }

  private void install(App app) throws Exception {
    AppReport report = device.swap(app);
    assertThat(report.phase()).as(report.message()).isEqualTo(Phase.COMMITTED);
  }

  /** There and back again, under a client. */
  private void swaps(BiFunction<RigDevice, Integer, App> kind) throws Exception {
    install(kind.apply(device, 1));
    try (CountingClient client = CountingClient.start(device.port())) {
      for (int version = 2; version <= SWAPS + 1; version++) {
        client.awaitMore();
        AppReport report = device.swap(kind.apply(device, version));
        assertThat(report.phase()).as(report.message()).isEqualTo(Phase.COMMITTED);
        assertThat(client.troubles()).as("swap to version %d: %s", version, report).isEmpty();
      }
      client.awaitMore();
      assertThat(client.troubles()).isEmpty();
    }
  }

  @Test
  void state_is_carried_by_get_and_put() throws Exception {
    swaps(CounterApps::http);
  }

  @Test
  void state_is_carried_by_commands_to_a_version_that_began_at_rest() throws Exception {
    swaps(CounterApps::standby);
  }

  @Test
  void a_volume_is_carried_to_the_only_one_that_runs() throws Exception {
    swaps(CounterApps::alone);
  }

  @Test
  void what_is_not_carried_is_counted() throws Exception {
    install(CounterApps.bare(device, 1));
    try (CountingClient client = CountingClient.start(device.port())) {
      client.awaitMore();
      install(CounterApps.bare(device, 2));
      client.awaitMore();
      assertThat(client.troubles()).isNotEmpty();
    }
  }

  @Test
  void a_standby_whose_agent_dies_in_the_hold_acts_again() throws Exception {
    List<String> troubles = diesInTheHold(CounterApps::standby);

    assertThat(troubles).allMatch(t -> t.contains(" 503 "), "only rest, never a number");
  }

  @Test
  void what_runs_alone_serves_again_though_its_agent_died_in_the_hold() throws Exception {
    List<String> troubles = diesInTheHold(CounterApps::alone);

    assertThat(troubles).allMatch(t -> !t.contains(" came "), "refused, never a wrong number");
  }

  /** The agent dies in the hold of the second version, and is started again. */
  private List<String> diesInTheHold(BiFunction<RigDevice, Integer, App> kind) throws Exception {
    install(kind.apply(device, 1));
    try (CountingClient client = CountingClient.start(device.port())) {
      client.awaitMore();
      UUID order = device.order(kind.apply(device, 2));
      device.awaitPhase(order, Phase.SWITCHING);
      device.killAgent();
      device.startAgent();
      AppReport report = device.awaitEnd(order);
      assertThat(report.phase()).as(report.message()).isEqualTo(Phase.COMMITTED);
      client.awaitMore();
      return client.troubles();
    }
  }
}
