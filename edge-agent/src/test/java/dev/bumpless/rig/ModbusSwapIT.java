package dev.bumpless.rig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.agent.docker.TinyImage;
import dev.bumpless.ledger.modbus.Trouble;
import dev.bumpless.ledger.modbus.WriteLedger;
import dev.bumpless.ledger.modbus.WriteLoad;
import dev.bumpless.ledger.modbus.WriteReport;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.ManifestParser;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Phase;
import java.nio.file.Path;
import java.time.Duration;
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
    assertThat(device.swap(version(1, true)).phase()).isEqualTo(Phase.COMMITTED);
  }

  @AfterEach
  void close() throws Exception {
    device.close();
  }

  private App version(int version, boolean carried) {
    String state =
        """
        state:
          - kind: modbus
            units: [ 1 ]
            copy: [ "coils 0-255", "holding 0-1999" ]
            skip: [ "holding 1990" ]
            volatile: [ "holding 1900" ]
            readOnly: ignore
        """;
    String manifest =
        """
        apiVersion: bumpless.dev/v1
        kind: App
        name: swapped
        containers:
          - { name: web, image: "%s", resources: { memory: 32Mi } }
        ports:
          - { listen: %d, container: web, target: %d, protocol: modbus, modbus: { answer: 4s } }
        health:
          - { container: web, modbus: { unit: 1, holding: 0 }, port: %d }
        probe: { interval: 100ms, timeout: 2s, healthyAfter: 2, startWithin: 30s }
        upgrade: { hold: 5s, drain: 1s, bake: 1s }
        """
            .formatted(
                device.image(version - 1), device.port(), ModbusServer.PORT, ModbusServer.PORT);
    return ManifestParser.parse(carried ? manifest + state : manifest, "swapped.yaml");
  }

  private WriteLedger ledger() {
    return WriteLedger.start(
        WriteLoad.on(Ports.address(device.port()))
            .waiting(Duration.ofSeconds(20))
            .pausing(Duration.ofMillis(50))
            .watching(ModbusServer.COUNT));
  }

  @Test
  void no_acknowledged_write_is_lost_by_a_device() throws Exception {
    long seed = Long.getLong("bumpless.seed", System.nanoTime());
    Random random = new Random(seed);
    int committed = 0;
    int kills = 0;
    try (WriteLedger ledger = ledger()) {
      for (int swap = 1; swap <= SWAPS && ledger.snapshot().failures() == 0; swap++) {
        UUID order = device.order(version(swap % 2 + 1, true));
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
    try (WriteLedger ledger = ledger()) {
      assertThat(device.swap(version(2, false)).phase()).isEqualTo(Phase.COMMITTED);
      WriteReport report = ledger.stop(Ports.address(device.port()));
      assertThat(report.of(Trouble.LOST)).as(report.toText()).isPositive();
    }
  }
}
