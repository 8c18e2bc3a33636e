package dev.bumpless.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * One thread, its sockets and its timers. Everything of the ledger runs on that thread; others may
 * only {@link #execute} and {@link #close}.
 */
final class Loop implements AutoCloseable {
  private final Selector selector;
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::run, "ledger");
  private final long started = System.nanoTime();
  private final ByteBuffer input = ByteBuffer.allocateDirect(64 * 1024);
  private long timerNumber;
  private volatile boolean closed;
  private volatile @Nullable RuntimeException bug;

  Loop() {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("no selector", e);
    }
    thread.setDaemon(true);
    thread.start();
  }

  /** A socket that wants to hear when it is ready. */
  interface Ready {
    void ready(SelectionKey key);
  }

  /** Nanoseconds, comparable with one another only. */
  long now() {
    return System.nanoTime();
  }

  /** Milliseconds from the start of the loop to {@code nanos}. */
  double elapsedMs(long nanos) {
    return (nanos - started) / 1e6;
  }

  Selector selector() {
    return selector;
  }

  /** To read into, by whoever is ready; empty again when that call returns. */
  ByteBuffer input() {
    return input;
  }

  /** What ended the loop before its time: then nothing that it booked can be trusted. */
  Optional<RuntimeException> bug() {
    return Optional.ofNullable(bug);
  }

  /** Runs {@code task} at {@code nanos} or up to a millisecond later; never before it returns. */
  void at(long nanos, Runnable task) {
    timers.add(new Timer(nanos, timerNumber++, task));
  }

  void execute(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
  }

  private void run() {
    try (selector) {
      while (!closed) {
        turn();
      }
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
    } catch (IOException e) {
      bug = new UncheckedIOException("the ledger's selector failed", e);
    } catch (RuntimeException e) {
      bug = e;
    }
  }

  private void turn() throws IOException {
    long wait = millisToNextTimer();
    if (wait == 0 || !tasks.isEmpty()) {
      selector.selectNow();
    } else {
      selector.select(wait);
    }
    selector.selectedKeys().forEach(key -> ((Ready) key.attachment()).ready(key));
    selector.selectedKeys().clear();
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
    while (!timers.isEmpty() && timers.element().at - now() <= 0) {
      timers.remove().task.run();
    }
  }

  /** Rounded up: spinning through the last millisecond would eat a core. */
  private long millisToNextTimer() {
    if (timers.isEmpty()) {
      return 1000;
    }
    long left = timers.element().at - now();
    return left <= 0 ? 0 : (left + 999_999) / 1_000_000;
  }

  private record Timer(long at, long number, Runnable task) implements Comparable<Timer> {
    @Override
    public int compareTo(Timer other) {
      int byTime = Long.signum(at - other.at);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }
}
