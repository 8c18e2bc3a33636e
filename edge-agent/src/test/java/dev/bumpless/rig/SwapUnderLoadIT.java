package dev.bumpless.rig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.ledger.Ledger;
import dev.bumpless.ledger.LedgerReport;
import dev.bumpless.ledger.LedgerReport.VersionSpan;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Phase;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The promise: an app is swapped again and again, and no client of any shape notices. */
class SwapUnderLoadIT {
  private static final int SWAPS = 50;
  private static final double RATE = 40;

  @TempDir private Path folder;

  @Test
  void losesNoRequestOfAnyShapeOverFiftySwaps() throws Exception {
    try (RigDevice device = RigDevice.start(folder)) {
      assertThat(device.swap(device.app("v0", "ok")).phase()).isEqualTo(Phase.COMMITTED);
      try (Ledger ledger = Ledger.start(Loads.allShapes(device.load(), RATE))) {
        for (int i = 1; i <= SWAPS; i++) {
          AppReport report = device.swap(device.app("v" + i, "ok"));
          assertThat(report.phase()).as("swap %d: %s", i, report).isEqualTo(Phase.COMMITTED);
          assertThat(report.hold().orElseThrow()).isLessThan(Duration.ofMillis(250));
        }
        LedgerReport report = ledger.stop();

        assertThat(report.lost()).as(Loads.describe("50 swaps", report, folder)).isZero();
        assertThat(report.versions())
            .extracting(VersionSpan::version)
            .contains("v0", "v" + SWAPS)
            .hasSizeGreaterThan(SWAPS);
      }
      assertThat(device.containers()).isEqualTo(1);
    }
  }
}
