package dev.bumpless.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.ledger.Ledger;
import dev.bumpless.ledger.LedgerReport;
import dev.bumpless.ledger.Options;
import dev.bumpless.ledger.Reason;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The negative control: under stop, remove, run the same ledger counts losses. */
class StopThenStartIT {
  @TempDir private Path folder;

  @Test
  void theLedgerCountsWhatStopRemoveRunLoses() throws Exception {
    int http = Ports.free();
    int tcp = Ports.free();
    try (Baseline baseline = Baseline.start(folder, http, tcp)) {
      Options target = Options.on(Ports.address(http)).withTcp(Ports.address(tcp));
      try (Ledger ledger = Ledger.start(Loads.allShapes(target, 40))) {
        awaitAnswers(ledger, 300);
        baseline.replace();
        awaitAnswers(ledger, 1000);
        LedgerReport report = ledger.stop();

        String table = Loads.describe("stop, remove, run", report, folder);
        assertThat(report.lost()).as(table).isGreaterThan(10);
        assertThat(report.shapes()).as(table).filteredOn(s -> s.lost() > 0).hasSizeGreaterThan(5);
        assertThat(report.shapes())
            .as(table)
            .anyMatch(s -> s.failures().keySet().stream().anyMatch(r -> r != Reason.WRONG_ANSWER));
      }
    }
  }

  private static void awaitAnswers(Ledger ledger, long answers) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> ledger.snapshot().answered() >= answers);
  }
}
