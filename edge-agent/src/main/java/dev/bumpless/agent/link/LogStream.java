package dev.bumpless.agent.link;

import dev.bumpless.protocol.LogChunk;
import dev.bumpless.protocol.LogQuery;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One log on its way to the controller. The reading thread fills a buffer and waits while it is
 * full; the link's thread empties it into chunks.
 *
 * <p>Concurrency: {@link #line}, {@link #end} and {@link #opened} are called by the source's
 * threads, the rest by the link's; one lock guards the state and is never held while publishing.
 */
final class LogStream implements LogSource.LineSink {
  static final int CHUNK_BYTES = 64 * 1024;
  private static final int LONGEST_PIECE_CHARS = 8 * 1024;
  private static final Duration GATHER = Duration.ofMillis(100);
  private static final Logger LOG = System.getLogger(LogStream.class.getName());

  private final LogQuery query;
  private final Loop loop;
  private final Consumer<LogStream> flush;
  private final StringBuilder buffer = new StringBuilder();
  private int bufferBytes;
  private int number;
  private boolean isFlushing;
  private boolean isEnded;
  private boolean isClosed;
  private Optional<String> error = Optional.empty();
  private @Nullable AutoCloseable reading;

  /**
   * @param flush called on the loop when there is something to take
   */
  LogStream(LogQuery query, Loop loop, Consumer<LogStream> flush) {
    this.query = query;
    this.loop = loop;
    this.flush = flush;
  }

  LogQuery query() {
    return query;
  }

  @Override
  public void line(String text) {
    for (int from = 0; from < text.length(); from += LONGEST_PIECE_CHARS) {
      append(text.substring(from, Math.min(text.length(), from + LONGEST_PIECE_CHARS)));
    }
  }

  private synchronized void append(String piece) {
    int bytes = jsonBytes(piece);
    try {
      while (!isClosed && !isEnded && bufferBytes + bytes > CHUNK_BYTES) {
        askToFlush(Duration.ZERO);
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    if (!isClosed && !isEnded) {
      buffer.append(piece);
      bufferBytes += bytes;
      askToFlush(GATHER);
    }
  }

  @Override
  public synchronized void end(Optional<String> reason) {
    if (!isEnded) {
      isEnded = true;
      error = reason;
      notifyAll();
      loop.execute(() -> flush.accept(this));
    }
  }

  private synchronized void askToFlush(Duration delay) {
    if (!isFlushing || delay.isZero()) {
      isFlushing = true;
      loop.schedule(delay, () -> flush.accept(this));
    }
  }

  /** The next piece of the answer, empty where there is nothing to say. */
  synchronized Optional<LogChunk> take() {
    isFlushing = false;
    if (isClosed || (bufferBytes == 0 && !isEnded)) {
      return Optional.empty();
    }
    String text = buffer.toString();
    buffer.setLength(0);
    bufferBytes = 0;
    notifyAll();
    return Optional.of(
        new LogChunk(query.id(), number++, text, isEnded, isEnded ? error.orElse("") : ""));
  }

  /** The source has begun; it is told at once where nobody listens any more. */
  void opened(AutoCloseable source) {
    synchronized (this) {
      if (!isClosed) {
        reading = source;
        return;
      }
    }
    close(source);
  }

  /** Nobody listens any more: a waiting reader is let go and its source closed. */
  void close() {
    AutoCloseable source;
    synchronized (this) {
      isClosed = true;
      source = reading;
      reading = null;
      notifyAll();
    }
    if (source != null) {
      close(source);
    }
  }

  private static void close(AutoCloseable source) {
    try {
      source.close();
    } catch (Exception e) { // a log that does not end well is no reason for anything
      LOG.log(Level.DEBUG, "event=log-source-close reason=\"{0}\"", e.getMessage());
    }
  }

  /** How long the text gets as JSON in UTF-8, rounded up. */
  static int jsonBytes(String text) {
    int bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || Character.isSurrogate(c)) {
        bytes += 6;
      } else if (c == '"' || c == '\\') {
        bytes += 2;
      } else {
        bytes += c < 0x80 ? 1 : 3;
      }
    }
    return bytes;
  }
}
