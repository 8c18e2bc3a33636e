package dev.bumpless.rig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.ledger.Ledger;
import dev.bumpless.ledger.LedgerReport;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Phase;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent is killed with SIGKILL in the middle of swaps, and no client sees it. */
class KilledAgentIT {
  private static final List<Phase> PHASES =
      List.of(
          Phase.PREFLIGHT,
          Phase.PULLING,
          Phase.STARTING,
          Phase.PROBING,
          Phase.SWITCHING,
          Phase.BAKING,
          Phase.COMMITTED);
  private static final int RANDOM_KILLS = 12;
  private static final int LONGEST_SWAP_MILLIS = 2500;

  @TempDir private Path folder;
  private RigDevice device;

  @BeforeEach
  void serve() throws Exception {
    device = RigDevice.start(folder);
    assertThat(device.swap(device.app("v0", "ok")).phase()).isEqualTo(Phase.COMMITTED);
  }

  @AfterEach
  void close() throws Exception {
    device.close();
  }

  @Test
  void isNoticedByNoClientInAnyPhase() throws Exception {
    try (Ledger ledger = Ledger.start(Loads.allShapes(device.load(), 20))) {
      for (Phase phase : PHASES) {
        UUID order = device.order(device.app("killed-in-" + phase, "ok"));
        device.awaitPhase(order, phase);
        device.killAgent();
        device.startAgent();
        assertSettled(order, "killed in " + phase);
      }
      assertNothingLost(ledger);
    }
  }

  @Test
  void isNoticedByNoClientAtAnyInstant() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    try (Ledger ledger = Ledger.start(Loads.allShapes(device.load(), 20))) {
      for (int i = 0; i < RANDOM_KILLS; i++) {
        UUID order = device.order(device.app("random-" + i, "ok"));
        int after = random.nextInt(LONGEST_SWAP_MILLIS);
        device.pass(after);
        device.killAgent();
        device.startAgent();
        assertSettled(order, "seed %d: kill %d, after %d ms".formatted(seed, i, after));
      }
      assertNothingLost(ledger);
    }
  }

  private void assertSettled(UUID order, String what) throws Exception {
    AppReport report = device.awaitEnd(order);
    assertThat(report.phase()).as(what + ": " + report).isIn(Phase.COMMITTED, Phase.ROLLED_BACK);
    device.awaitContainers(1);
    assertThat(report.serving()).as(what).isPresent();
  }

  private void assertNothingLost(Ledger ledger) throws Exception {
    LedgerReport report = ledger.stop();
    assertThat(report.lost()).as(Loads.describe("kills", report, folder)).isZero();
  }
}
