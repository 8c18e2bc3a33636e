package dev.bumpless.rig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Phase;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The router is killed with SIGKILL: its routes are back by themselves with the wanted slot. */
class KilledRouterIT {
  @TempDir private Path folder;
  private RigDevice device;

  @BeforeEach
  void serve() throws Exception {
    device = RigDevice.start(folder);
    assertThat(device.swap(device.app("first", "ok")).phase()).isEqualTo(Phase.COMMITTED);
  }

  @AfterEach
  void close() throws Exception {
    device.close();
  }

  @Test
  void servesTheSameSlotAfterItsRestartWithoutAnAgent() throws Exception {
    assertThat(device.swap(device.app("second", "ok")).phase()).isEqualTo(Phase.COMMITTED);
    device.killAgent();
    device.router().kill();
    device.router().start();

    device.awaitVersion("second");

    device.startAgent();
    assertThat(device.swap(device.app("third", "ok")).phase()).isEqualTo(Phase.COMMITTED);
    device.awaitVersion("third");
  }

  @Test
  void leavesOneSlotServingWhenItDiesInTheMiddleOfASwap() throws Exception {
    for (Phase phase : new Phase[] {Phase.STARTING, Phase.PROBING, Phase.SWITCHING, Phase.BAKING}) {
      UUID order = device.order(device.app("in-" + phase, "ok"));
      device.awaitPhase(order, phase);
      device.router().kill();
      device.router().start();
      AppReport report = device.awaitEnd(order);

      assertThat(report.phase()).as("%s", report).isIn(Phase.COMMITTED, Phase.ROLLED_BACK);
      device.awaitContainers(1);
      assertThat(device.ask()).contains("\"version\"");
    }
  }
}
