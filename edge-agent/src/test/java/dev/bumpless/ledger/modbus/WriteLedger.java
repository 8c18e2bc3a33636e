package dev.bumpless.ledger.modbus;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A run of eight masters and a watch, from {@link #start} to {@link #stop}. Any thread may call.
 * Each master and the watch have a thread and a connection of their own.
 */
public final class WriteLedger implements AutoCloseable {
  private static final List<Habit> HABITS =
      List.of(
          Habit.SINGLE,
          Habit.SINGLE,
          Habit.BLOCK,
          Habit.BLOCK,
          Habit.COILS,
          Habit.PIPELINED,
          Habit.PIPELINED,
          Habit.SPARSE);

  private final Plant plant = new Plant();
  private final Book book = new Book();
  private final WriteLoad load;
  private final List<Master> masters = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final Watch watch;

  private WriteLedger(WriteLoad load) {
    this.load = load;
    this.watch = new Watch(load, book);
    for (int i = 0; i < HABITS.size(); i++) {
      masters.add(new Master(i, HABITS.get(i), plant, load, book));
    }
  }

  /** Begins at once. */
  public static WriteLedger start(WriteLoad load) {
    WriteLedger ledger = new WriteLedger(load);
    ledger.masters.forEach(ledger::begin);
    ledger.begin(ledger.watch);
    return ledger;
  }

  private void begin(Runnable work) {
    Thread thread = new Thread(work, "write-ledger");
    thread.setDaemon(true);
    thread.start();
    threads.add(thread);
  }

  /** The ledger so far; load goes on. */
  public WriteReport snapshot() {
    return book.report();
  }

  /** How many masters and watches there are, each with a connection. */
  public int clients() {
    return threads.size();
  }

  /**
   * Ends the load and looks once more at all that was written.
   *
   * @param serving where the values have to be: who serves, asked directly
   */
  public WriteReport stop(InetSocketAddress serving) {
    end();
    WriteLoad last = new WriteLoad(serving, load.unit(), load.answer(), load.pause(), load.count());
    try (Line line = Line.connect("audit of " + serving, last, book)) {
      line.perform(plant.readAll(), 1);
    } catch (IOException e) {
      // Booked where it happened.
    }
    return book.report();
  }

  private void end() {
    masters.forEach(Master::stop);
    watch.stop();
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the load where it has not ended. */
  @Override
  public void close() {
    end();
  }
}
