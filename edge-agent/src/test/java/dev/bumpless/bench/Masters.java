package dev.bumpless.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Masters that write values anywhere at a steady rate, each by one connection that stays. */
final class Masters implements AutoCloseable {
  private final List<Thread> threads = new ArrayList<>();
  private final List<ModbusLink> links = new ArrayList<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong longestNanos = new AtomicLong();
  private volatile boolean stopped;

  /**
   * @param rate writes a second of each
   */
  Masters(int count, int rate, int port, ValueMap map) throws IOException {
    for (int i = 0; i < count; i++) {
      ModbusLink link = new ModbusLink(port);
      links.add(link);
      Random random = new Random(i);
      Thread thread = new Thread(() -> run(link, random, 1_000_000_000L / rate, map), "master");
      threads.add(thread);
      thread.start();
    }
  }

  private void run(ModbusLink link, Random random, long everyNanos, ValueMap map) {
    long due = System.nanoTime();
    while (!stopped) {
      try {
        int number = map.any(random);
        if (map.isCoil(number)) {
          int value = random.nextBoolean() ? 0xFF00 : 0;
          link.write(ModbusLink.WRITE_COIL, number - map.registers(), value);
        } else {
          link.write(ModbusLink.WRITE_HOLDING, number, random.nextInt(1 << 16));
        }
        written.incrementAndGet();
        longestNanos.accumulateAndGet(System.nanoTime() - due, Math::max);
      } catch (IOException e) {
        failures.add(e.toString());
        return;
      }
      due += everyNanos;
      LockSupport.parkNanos(due - System.nanoTime());
    }
  }

  long written() {
    return written.get();
  }

  /** From when a write was due to its answer. */
  double longestMillis() {
    return longestNanos.get() / 1e6;
  }

  /** Every master goes on until its first. */
  Queue<String> failures() {
    return failures;
  }

  @Override
  public void close() throws IOException {
    stopped = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (ModbusLink link : links) {
      link.close();
    }
  }
}
