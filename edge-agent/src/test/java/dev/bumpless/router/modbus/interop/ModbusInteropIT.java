package dev.bumpless.router.modbus.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.rig.ModbusServer;
import dev.bumpless.router.ControlClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every master against every server, through 20 swaps whose state is carried over: no connection
 * ends, no request fails, no answer is another's, and no register has lost what was written to it.
 * The masters check ids, connections and values themselves, each in its own way.
 *
 * <p>The router's deadlines are long here: a machine that is busy with other tests is not what this
 * is about. {@code -Dbumpless.interop.swaps=200} makes it longer.
 */
class ModbusInteropIT {
  private static final int SWAPS = Integer.getInteger("bumpless.interop.swaps", 20);

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource
  void masters_stay_connected_and_lose_nothing_through_swaps_of(ModbusServer server)
      throws Exception {
    try (TwoServers servers = new TwoServers(server, folder)) {
      List<Master> masters = Master.all(folder, servers.port());
      try {
        awaitAnswers(masters, servers.version());
        String accepted = accepted(servers.control());
        servers.copy();
        for (int swap = 1; swap <= SWAPS; swap++) {
          servers.awaitWhole();
          servers.swap();
          awaitAnswers(masters, servers.version());
        }
        assertThat(servers.control().askAll("show connections")).hasSize(1 + masters.size());
        assertThat(accepted(servers.control())).as("connections").isEqualTo(accepted);
      } finally {
        stop(masters);
      }
      assertNothingFailed(server, masters, servers.control());
    }
  }

  @Test
  void the_masters_tell_what_a_flip_without_a_sync_loses() throws Exception {
    try (TwoServers servers = new TwoServers(ModbusServer.LIBMODBUS, folder)) {
      List<Master> masters = Master.all(folder, servers.port());
      try {
        awaitAnswers(masters, 1);
        await()
            .atMost(Duration.ofSeconds(30))
            .until(
                () -> {
                  servers.flipAlone();
                  return masters.stream().allMatch(ModbusInteropIT::hasFailedIfItWrites);
                });
      } finally {
        stop(masters);
      }
    }
  }

  private static boolean hasFailedIfItWrites(Master master) {
    return master.toString().equals("mbpoll") || !master.failures().isEmpty();
  }

  private static void stop(List<Master> masters) throws Exception {
    for (Master master : masters) {
      master.stop();
    }
  }

  /** Of the version that serves, from each of them, more than there were. */
  private static void awaitAnswers(List<Master> masters, int version) {
    List<Long> before = masters.stream().map(master -> master.answersOf(version)).toList();
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(
            () -> {
              for (int i = 0; i < masters.size(); i++) {
                Master master = masters.get(i);
                assertThat(master.failures()).as(master.toString()).isEmpty();
                assertThat(master.answersOf(version)).as("%s", master).isGreaterThan(before.get(i));
              }
            });
  }

  private static String accepted(ControlClient control) {
    return ControlClient.value(control.askAll("show stats").get(1), "accepted");
  }

  private static void assertNothingFailed(
      ModbusServer server, List<Master> masters, ControlClient control) {
    for (Master master : masters) {
      assertThat(master.failures()).as("%s at %s", master, server).isEmpty();
      assertThat(master.versions()).as("%s at %s", master, server).containsOnly(1, 2);
    }
    assertThat(control.askAll("show stats"))
        .filteredOn(line -> line.startsWith("instance "))
        .hasSize(2)
        .allMatch(line -> line.contains(" failures=0 "));
    long rounds = masters.stream().mapToLong(Master::answers).sum();
    System.out.printf(
        "%s: %d masters, %d swaps, %d rounds, 0 failures%n", server, masters.size(), SWAPS, rounds);
  }
}
