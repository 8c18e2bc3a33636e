package dev.bumpless.agent.health;

import dev.bumpless.agent.swap.GapMeter.Measurement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends an ask to every listener every 20 ms, whatever became of those before, each on a connection
 * of its own; so a stall is seen as long as it is.
 *
 * <h2>What the gap is</h2>
 *
 * The longest time between two good answers, less the 20 ms between asks. When this thread itself
 * is kept from running, that counts too: the figure may be too high and is never too low.
 *
 * <h2>Limits</h2>
 *
 * One thread and one selector for all listeners; at most 16 asks under way for each, after which
 * none is sent until one ends; an ask ends after 2 s at the latest. Sixteen are a third of a
 * second: after a longer hold all that waited are let go at once, and an app that has just started
 * may take no more connections than its backlog is long.
 */
final class OpenLoop implements Measurement {
  static final Duration PAUSE = Duration.ofMillis(20);
  static final Duration LIMIT = Duration.ofSeconds(2);
  private static final int MAX_UNDER_WAY = 16;

  private final List<Listener> listeners;
  private final Selector selector;
  private final Deque<Ask> underWay = new ArrayDeque<>();
  private final ByteBuffer buffer = ByteBuffer.allocate(4096);
  private final Thread thread;
  private volatile @Nullable Figures atClose;

  private OpenLoop(List<Listener> listeners, Selector selector) {
    this.listeners = listeners;
    this.selector = selector;
    this.thread = new Thread(this::run, "gap-meter");
    this.thread.setDaemon(true);
  }

  static OpenLoop start(List<Listener> listeners) throws IOException {
    OpenLoop loop = new OpenLoop(listeners, Selector.open());
    long now = System.nanoTime();
    listeners.forEach(listener -> listener.begin(now));
    loop.thread.start();
    return loop;
  }

  @Override
  public Duration longestGap() {
    Figures end = atClose;
    return end == null ? now().longestGap() : end.longestGap();
  }

  @Override
  public int failures() {
    Figures end = atClose;
    return end == null ? now().failures() : end.failures();
  }

  private Figures now() {
    long nanos = System.nanoTime();
    long longest = listeners.stream().mapToLong(l -> l.longestNanos(nanos)).max().orElse(0);
    return new Figures(
        Duration.ofNanos(Math.max(0, longest)),
        listeners.stream().mapToInt(Listener::failures).sum());
  }

  /** What had been measured; an answer that the loop still reads after the end changes nothing. */
  private record Figures(Duration longestGap, int failures) {}

  @Override
  public void close() {
    if (atClose != null) {
      return;
    }
    atClose = now();
    selector.wakeup();
  }

  private void run() {
    try (selector) {
      long next = System.nanoTime();
      while (atClose == null) {
        long now = System.nanoTime();
        if (now >= next) {
          expire(now);
          askAll(now);
          next = Math.max(next + PAUSE.toNanos(), now);
        }
        select(next - System.nanoTime());
      }
      underWay.forEach(Ask::close);
    } catch (IOException e) {
      throw new UncheckedIOException("measuring the gap broke off", e);
    }
  }

  private void select(long nanos) throws IOException {
    if (nanos > 0) {
      selector.select(Math.max(1, nanos / 1_000_000));
    } else {
      selector.selectNow();
    }
    Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
    while (keys.hasNext()) {
      SelectionKey key = keys.next();
      keys.remove();
      Ask ask = (Ask) key.attachment();
      if (key.isValid()) {
        ask.advance(key, buffer);
      }
    }
  }

  private void askAll(long now) {
    for (Listener listener : listeners) {
      long waiting = underWay.stream().filter(ask -> ask.isFor(listener)).count();
      if (waiting < MAX_UNDER_WAY) {
        Ask ask = new Ask(listener, now);
        underWay.add(ask);
        ask.connect(selector);
      }
    }
  }

  private void expire(long now) {
    underWay.forEach(ask -> ask.look(now));
    underWay.removeIf(Ask::isOver);
  }
}
