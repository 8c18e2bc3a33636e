package dev.bumpless.router.modbus.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.ledger.modbus.Trouble;
import dev.bumpless.ledger.modbus.WriteLedger;
import dev.bumpless.ledger.modbus.WriteReport;
import dev.bumpless.rig.ModbusServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Eight masters write and read back through swaps, ways back, swaps that are given up and copies
 * that are killed, in random order, between two processes of a server that nobody here wrote.
 * {@code -Dbumpless.ledger.swaps=200} makes it longer, {@code -Dbumpless.seed=…} repeats one.
 */
class WritesThroughSwapsIT {
  private static final int SWAPS = Integer.getInteger("bumpless.ledger.swaps", 50);

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource
  void no_acknowledged_write_is_lost(ModbusServer server) throws Exception {
    long seed = Long.getLong("bumpless.seed", System.nanoTime());
    Random random = new Random(seed);
    List<Long> holds = new ArrayList<>();
    int others = 0;
    try (TwoServers servers = new TwoServers(server, folder);
        WriteLedger ledger = WriteLedger.start(servers.load())) {
      servers.copy();
      while (holds.size() < SWAPS && ledger.snapshot().failures() == 0) {
        servers.awaitWhole();
        if (random.nextInt(10) < 6) {
          holds.add(servers.swap());
        } else {
          disturb(servers, random.nextInt(4));
          others++;
        }
        awaitWrites(ledger, random.nextInt(100));
      }
      servers.awaitWhole();
      WriteReport report = ledger.stop(servers.servingAddress());
      String told = tell(server, seed, holds, others, report);
      assertThat(report.failures()).as(told).isZero();
      assertThat(report.connections()).as(told).isEqualTo(ledger.clients() + 1);
    }
  }

  private static void disturb(TwoServers servers, int how) {
    switch (how) {
      case 0 -> servers.giveUp();
      case 1 -> servers.expire();
      case 2 -> servers.die();
      default -> servers.killCopies();
    }
    if (servers.state().contains("phase=failed")) {
      servers.copy(); // A hold that ended in the middle of a sync may have ended the copy.
    }
  }

  /** So many more than there are. */
  private static void awaitWrites(WriteLedger ledger, int more) {
    long until = ledger.snapshot().writes() + more;
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(2))
        .until(() -> ledger.snapshot().writes() >= until || ledger.snapshot().failures() > 0);
  }

  private static String tell(
      ModbusServer server, long seed, List<Long> holds, int others, WriteReport report) {
    Collections.sort(holds);
    String told =
        "%s: %d swaps, %d given up or killed; held p50 %.1f ms, p99 %.1f ms, longest %.1f ms; seed %d%n%s"
            .formatted(
                server,
                holds.size(),
                others,
                percentile(holds, 0.5),
                percentile(holds, 0.99),
                percentile(holds, 1),
                seed,
                report.toText());
    System.out.print(told + report.toJson());
    return told;
  }

  private static double percentile(List<Long> sortedMicros, double share) {
    return sortedMicros.isEmpty()
        ? 0
        : sortedMicros.get((int) ((sortedMicros.size() - 1) * share)) / 1e3;
  }

  @Test
  void the_ledger_counts_what_a_flip_without_a_sync_loses() throws Exception {
    try (TwoServers servers = new TwoServers(ModbusServer.LIBMODBUS, folder);
        WriteLedger ledger = WriteLedger.start(servers.load())) {
      for (int i = 0; i < 10; i++) {
        awaitWrites(ledger, 200);
        servers.flipAlone();
      }
      awaitWrites(ledger, 200);
      WriteReport report = ledger.stop(servers.servingAddress());
      assertThat(report.of(Trouble.LOST)).as(report.toText()).isPositive();
    }
  }

  @Test
  void the_ledger_counts_what_stop_then_start_loses() throws Exception {
    try (TwoServers servers = new TwoServers(ModbusServer.LIBMODBUS, folder);
        WriteLedger ledger = WriteLedger.start(servers.load())) {
      awaitWrites(ledger, 1_000);
      servers.stopThenStart();
      WriteReport report = ledger.stop(servers.servingAddress());
      System.out.print("stop, then start:\n" + report.toText());
      assertThat(report.of(Trouble.LOST)).as(report.toText()).isPositive();
      assertThat(report.failures()).as(report.toText()).isGreaterThan(report.of(Trouble.LOST));
    }
  }
}
