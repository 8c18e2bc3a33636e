package dev.bumpless.agent.state;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Between an export and an import: a pipe of the kernel, so that little is in memory (64 KiB) and
 * who is too quick waits. Written by one thread, read by another.
 *
 * <p>It has an end only when it is told that all is written; broken off before, reading fails. When
 * nobody reads any more, what is written is lost without a word: whether the reader had enough, its
 * exit code tells.
 */
final class StatePipe implements AutoCloseable {
  static final long MOST_BYTES = 1L << 30;

  private final Pipe pipe;
  private final InputStream source;
  private final OutputStream sink;
  private volatile boolean whole;
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong read = new AtomicLong();

  private StatePipe(Pipe pipe) {
    this.pipe = pipe;
    this.source = new Source(Channels.newInputStream(pipe.source()));
    this.sink = new Sink(Channels.newOutputStream(pipe.sink()));
  }

  static StatePipe open() {
    try {
      return new StatePipe(Pipe.open());
    } catch (IOException e) {
      throw new UncheckedIOException("no pipe could be opened", e);
    }
  }

  OutputStream sink() {
    return sink;
  }

  InputStream source() {
    return source;
  }

  /** All is written. */
  void end() {
    whole = true;
    close(pipe.sink());
  }

  /** Whether it is the reader who has to go on. */
  boolean waitsForReader() {
    return whole || written.get() > read.get();
  }

  @Override
  public void close() {
    close(pipe.sink());
    close(pipe.source());
  }

  private static void close(AutoCloseable channel) {
    try {
      channel.close();
    } catch (Exception e) {
      throw new IllegalStateException("a pipe was not closed", e);
    }
  }

  private final class Source extends FilterInputStream {
    Source(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int from, int most) throws IOException {
      int count = super.read(bytes, from, most);
      if (count < 0 && !whole) {
        throw new IOException("the export broke off");
      }
      read.addAndGet(Math.max(0, count));
      return count;
    }
  }

  private final class Sink extends OutputStream {
    private final OutputStream out;
    private boolean wanted = true;

    Sink(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      if (written.addAndGet(count) > MOST_BYTES) {
        throw new IOException(
            "it wrote more than %d MiB: state of that size belongs into a volume"
                .formatted(MOST_BYTES >> 20));
      }
      wanted = wanted && passOn(bytes, from, count);
    }

    private boolean passOn(byte[] bytes, int from, int count) {
      try {
        out.write(bytes, from, count);
        return true;
      } catch (IOException nobodyReads) {
        return false;
      }
    }
  }
}
