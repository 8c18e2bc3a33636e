package dev.bumpless.ledger.modbus;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** Reads the masters' counters, and the server's own, and sees whether one goes back. */
final class Watch implements Runnable {
  private final WriteLoad load;
  private final Book book;
  private volatile boolean stopped;

  Watch(WriteLoad load, Book book) {
    this.load = load;
    this.book = book;
  }

  @Override
  public void run() {
    List<Access> looks = new ArrayList<>();
    looks.add(look(Plant.COUNTERS_AT, Plant.MASTERS));
    load.count().ifPresent(register -> looks.add(look(register, 1)));
    while (!stopped) {
      try (Line line = Line.connect("watch", load, book)) {
        while (!stopped) {
          line.perform(looks, 1);
          LockSupport.parkNanos(load.pause().toNanos());
        }
      } catch (IOException e) {
        // Booked where it happened.
      }
      LockSupport.parkNanos(load.pause().toNanos());
    }
  }

  private static Access look(int first, int count) {
    List<Cell> counters = new ArrayList<>();
    IntStream.range(first, first + count).forEach(i -> counters.add(new Counter("counter " + i)));
    return Access.read(false, first, counters);
  }

  void stop() {
    stopped = true;
  }
}
