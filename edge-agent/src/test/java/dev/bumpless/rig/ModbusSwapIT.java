package dev.bumpless.rig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.agent.docker.TinyImage;
import dev.bumpless.ledger.modbus.Trouble;
import dev.bumpless.ledger.modbus.WriteLedger;
import dev.bumpless.ledger.modbus.WriteReport;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Phase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Modbus server changes its version on a whole device, there and back again, under eight masters
 * that write and read back, and the agent is killed in the middle of some swaps: every acknowledged
 * write is there. {@code -Dbumpless.swaps=200} makes it longer.
 *
 * <p>The route's deadline and the hold are long here, for machines that are busy with other tests.
 */
class ModbusSwapIT {
  private static final int SWAPS = Integer.getInteger("bumpless.swaps", 12);
  private static final List<Phase> KILLED_IN =
      List.of(Phase.STARTING, Phase.PROBING, Phase.REPLICATING, Phase.SWITCHING, Phase.BAKING);

  @TempDir private Path folder;
  private RigDevice device;

  @BeforeEach
  void serve() throws Exception {
    List<TinyImage> images = new ArrayList<>();
    for (int version = 1; version <= 2; version++) {
      images.add(ModbusServer.LIBMODBUS.image(version));
    }
    device = RigDevice.of(folder, images);
    assertThat(device.swap(ModbusApps.carried(device, 0)).phase()).isEqualTo(Phase.COMMITTED);
  }

  @AfterEach
  void close() throws Exception {
    device.close();
  }

  @Test
  void no_acknowledged_write_is_lost_by_a_device() throws Exception {
    long seed = Long.getLong("bumpless.seed", System.nanoTime());
    Random random = new Random(seed);
    int committed = 0;
    int kills = 0;
    try (WriteLedger ledger = ModbusApps.ledger(device)) {
      for (int swap = 1; swap <= SWAPS && ledger.snapshot().failures() == 0; swap++) {
        UUID order = device.order(ModbusApps.carried(device, swap % 2));
        if (random.nextInt(3) == 0) {
          killAgentIn(order, KILLED_IN.get(random.nextInt(KILLED_IN.size())));
          kills++;
        }
        AppReport report = device.awaitEnd(order);
        assertThat(report.phase())
            .as("seed %d, swap %d: %s", seed, swap, report)
            .isIn(Phase.COMMITTED, Phase.ROLLED_BACK);
        committed += report.phase() == Phase.COMMITTED ? 1 : 0;
        device.awaitContainers(1);
      }
      WriteReport report = ledger.stop(Ports.address(device.port()));
      String told =
          "device: %d swaps, %d committed, agent killed in %d; seed %d%n%s"
              .formatted(SWAPS, committed, kills, seed, report.toText());
      System.out.print(told + report.toJson());
      assertThat(report.failures()).as(told).isZero();
      assertThat(report.connections()).as(told).isEqualTo(ledger.clients() + 1);
      assertThat(committed).as(told).isGreaterThanOrEqualTo(SWAPS - kills);
    }
  }

  private void killAgentIn(UUID order, Phase phase) throws Exception {
    device.awaitPhase(order, phase);
    device.killAgent();
    device.startAgent();
  }

  @Test
  void the_ledger_counts_what_an_upgrade_loses_that_carries_nothing() throws Exception {
    try (WriteLedger ledger = ModbusApps.ledger(device)) {
      assertThat(device.swap(ModbusApps.bare(device, 1)).phase()).isEqualTo(Phase.COMMITTED);
      WriteReport report = ledger.stop(Ports.address(device.port()));
      assertThat(report.of(Trouble.LOST)).as(report.toText()).isPositive();
    }
  }
}
