package dev.bumpless.ledger.modbus;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Rounds of writes, each read back, until it is told to stop; connects anew when it has to. */
final class Master implements Runnable {
  private final int number;
  private final Habit habit;
  private final Plant plant;
  private final WriteLoad load;
  private final Book book;
  private volatile boolean stopped;
  private int round;

  Master(int number, Habit habit, Plant plant, WriteLoad load, Book book) {
    this.number = number;
    this.habit = habit;
    this.plant = plant;
    this.load = load;
    this.book = book;
  }

  @Override
  public void run() {
    while (!stopped) {
      String name = "master " + number + " (" + habit + ")";
      try (Line line = Line.connect(name, load, book)) {
        work(line);
      } catch (IOException e) {
        // Booked where it happened.
      }
      pause(1);
    }
  }

  private void work(Line line) throws IOException {
    while (!stopped) {
      round++;
      List<Access> writes = new ArrayList<>(habit.writes(plant, number, round));
      List<Access> reads = new ArrayList<>(habit.reads(plant, number, round));
      writes.add(plant.writeCounter(number, round & 0xFFFF));
      reads.add(plant.readCounter(number));
      if (round % 4 == 0) {
        int which = round / 4 % Plant.SHARED;
        writes.add(plant.writeShared(which, number << 13 | (round / 4 & 0x1FFF)));
        reads.add(plant.readShared(which));
      }
      line.perform(writes, habit.window());
      line.perform(reads, habit.window());
      pause(habit.pauses());
    }
  }

  private void pause(int pauses) {
    LockSupport.parkNanos(load.pause().toNanos() * pauses);
  }

  void stop() {
    stopped = true;
  }
}
