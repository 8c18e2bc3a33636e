package dev.bumpless.router.modbus.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.router.ControlClient;
import dev.bumpless.router.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Eight masters write counters and read each back, through swaps, swaps that are given up, and
 * swaps back: what was acknowledged is there, and no counter goes back. Told apart by its control:
 * the same with a flip that was not synced loses writes.
 */
class WriteLedgerTest {
  private static final int MASTERS = 8;
  private static final int FLIPS = 60;

  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicLong pairs = new AtomicLong();
  private final int[][] acknowledged = new int[MASTERS][2];
  private volatile boolean stopped;

  private static byte[] frame(int id, int function, int address, int value) {
    return new byte[] {
      (byte) (id >> 8),
      (byte) id,
      0,
      0,
      0,
      6,
      1,
      (byte) function,
      0,
      (byte) address,
      (byte) (value >> 8),
      (byte) value
    };
  }

  /** Each has two registers: one lies beside another master's, one alone. */
  private void work(int number, Peer master) {
    for (int count = 1; !stopped; count++) {
      int address = count % 2 == 0 ? number : 100 + 10 * number;
      byte[] write = frame(2 * count, 6, address, count & 0x7fff);
      if (!java.util.Arrays.equals(master.send(write).read(12), write)) {
        wrong.add("master " + number + ": a write was not confirmed");
        return;
      }
      acknowledged[number][count % 2] = count;
      byte[] answer = master.send(frame(2 * count + 1, 3, address, 1)).read(11);
      int read = ((answer[9] & 0xff) << 8) | (answer[10] & 0xff);
      if (answer[7] != 3 || read != (count & 0x7fff)) {
        wrong.add("master %d: wrote %d, read %d".formatted(number, count & 0x7fff, read));
      }
      pairs.incrementAndGet();
    }
  }

  private List<Thread> start(Rig rig) {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < MASTERS; i++) {
      int number = i;
      Thread thread =
          new Thread(
              () -> {
                try (Peer master = rig.master()) {
                  work(number, master);
                } catch (RuntimeException e) {
                  wrong.add("master " + number + ": " + e);
                }
              });
      thread.start();
      threads.add(thread);
    }
    return threads;
  }

  private void stop(List<Thread> threads) throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void no_acknowledged_write_is_lost_over_random_swaps() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (Rig rig = new Rig()) {
      List<Thread> threads = start(rig);
      rig.copy("holding:0-1999,coils:0-255 volatile=holding:1990-1999");
      rig.awaitState("phase=whole");
      String serving = "blue";
      for (int flips = 0; flips < FLIPS && wrong.isEmpty(); ) {
        String other = serving.equals("blue") ? "green" : "blue";
        switch (random.nextInt(5)) {
          case 0 -> giveUp(rig, /* synced= */ true);
          case 1 -> giveUp(rig, /* synced= */ false);
          default -> {
            rig.swap(other);
            serving = other;
            flips++;
          }
        }
        long until = pairs.get() + random.nextInt(200);
        org.awaitility.Awaitility.await()
            .pollInterval(java.time.Duration.ofMillis(1))
            .until(() -> pairs.get() >= until || !wrong.isEmpty());
      }
      stop(threads);
      assertThat(wrong).as("seed %d, %d pairs, %s", seed, pairs.get(), rig.state()).isEmpty();
      Plc now = serving.equals("blue") ? rig.blue : rig.green;
      for (int i = 0; i < MASTERS; i++) {
        assertThat(now.holding(i)).isEqualTo(acknowledged[i][0] & 0x7fff);
        assertThat(now.holding(100 + 10 * i)).isEqualTo(acknowledged[i][1] & 0x7fff);
      }
      assertThat(rig.state()).contains("phase=whole", "wayBack=open");
    }
  }

  /** The hold ends with its connection, or by its release. */
  private static void giveUp(Rig rig, boolean synced) {
    try (ControlClient control = rig.router().control()) {
      String token = control.hold("app", "5s");
      if (synced) {
        control.must("sync app " + token);
      } else {
        control.must("release app " + token);
      }
    }
    org.awaitility.Awaitility.await()
        .pollInterval(java.time.Duration.ofMillis(1))
        .until(() -> rig.control.askAll("show routes").get(1).contains("hold=none"));
  }

  @Test
  void the_ledger_counts_what_a_flip_without_a_sync_loses() throws Exception {
    try (Rig rig = new Rig()) {
      List<Thread> threads = start(rig);
      for (int i = 0; i < FLIPS && wrong.isEmpty(); i++) {
        rig.router().flip("app", i % 2 == 0 ? "green" : "blue");
        long until = pairs.get() + 20;
        org.awaitility.Awaitility.await()
            .pollInterval(java.time.Duration.ofMillis(1))
            .until(() -> pairs.get() >= until || !wrong.isEmpty());
      }
      stop(threads);
      assertThat(wrong).anyMatch(line -> line.contains("wrote"));
    }
  }
}
