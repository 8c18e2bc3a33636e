package dev.bumpless.router.modbus.state;

import dev.bumpless.router.modbus.state.Pair.Brought;
import dev.bumpless.router.table.Backend;
import dev.bumpless.router.table.RouteTable;
import dev.bumpless.router.table.TableException;
import dev.bumpless.router.table.TableException.Code;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One sync inside a hold: everything that it does has to be over when the hold is. */
final class HeldSync {
  private static final long GLANCE_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

  /** Sockets count in milliseconds, and end a little before the time is up. */
  private static final long COUNTED_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** Attempts to catch alike in both what the app changes by itself. */
  private static final int MOST_TRIES = 3;

  /** Of the hold, for who asked to learn why it failed and to let go what is parked. */
  private static final int SHARE_LEFT_OVER = 16;

  private final RouteTable table;
  private final String app;
  private final String token;
  private final long endNanos;
  private final MessageDigest digest;
  private int values;
  private int written;

  HeldSync(RouteTable table, String app, String token) throws TableException {
    this.table = table;
    this.app = app;
    this.token = token;
    long left = table.holdLeft(app, token).toNanos();
    this.endNanos = System.nanoTime() + left - left / SHARE_LEFT_OVER;
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private long leftNanos() {
    return endNanos - System.nanoTime();
  }

  boolean lock(ReentrantLock work) throws TableException {
    try {
      return work.tryLock(leftNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("the router stops");
    }
  }

  /** The hold parks what comes; this waits for what was sent before. */
  void awaitIdle(Backend source) throws TableException {
    while (source.underway() > 0) {
      if (leftNanos() <= 0) {
        throw failed(source.underway() + " requests are still under way at " + source.instance());
      }
      LockSupport.parkNanos(GLANCE_NANOS);
    }
  }

  /** Asks both instances at least once: who has ended its connection is found out. */
  void bring(Cells cells, Copier copier) throws Fault, TableException {
    Cells rest = Cells.copyOf(cells.isEmpty() ? copier.sample() : cells);
    for (Chunk next = rest.takeChunk(copier.wanted());
        next != null;
        next = rest.takeChunk(copier.wanted())) {
      int left = next.count() + rest.count();
      if (leftNanos() <= 0) {
        throw failed(tooShort(left));
      }
      Brought brought = bringInTime(next, copier, left);
      values += next.count();
      written += brought.written();
      addToDigest(next, brought.values());
    }
  }

  /** An answer that the end of the hold cut short is the hold's fault first. */
  private Brought bringInTime(Chunk chunk, Copier copier, int left) throws Fault {
    try {
      return bringAlike(chunk, copier);
    } catch (Fault e) {
      throw leftNanos() > COUNTED_NANOS ? e : new Fault(tooShort(left) + ": " + e.why());
    }
  }

  private String tooShort(int left) {
    return "the hold is too short: %d of %d values were made alike in it"
        .formatted(values, values + left);
  }

  private Brought bringAlike(Chunk chunk, Copier copier) throws Fault {
    for (int tries = 1; ; tries++) {
      Brought brought = copier.bring(chunk, allowed());
      if (brought.differs() < 0) {
        return brought;
      }
      if (tries == MOST_TRIES) {
        throw copier.differs(chunk, brought);
      }
    }
  }

  private Duration allowed() {
    long most = Math.min(StateCopy.ANSWER.toNanos(), leftNanos());
    return Duration.ofNanos(Math.max(TimeUnit.MILLISECONDS.toNanos(1), most));
  }

  private void addToDigest(Chunk chunk, int @Nullable [] of) {
    if (of != null) {
      ByteBuffer bytes = ByteBuffer.allocate(8 + 2 * of.length);
      bytes.put((byte) chunk.area().unit()).put((byte) chunk.area().table().readFunction());
      bytes.putShort((short) chunk.first()).putShort((short) chunk.count());
      for (int value : of) {
        bytes.putShort((short) value);
      }
      digest.update(bytes.flip());
    }
  }

  /** What was made alike is of no use when the hold has ended in between. */
  void checkOn() throws TableException {
    table.holdLeft(app, token);
  }

  int values() {
    return values;
  }

  int written() {
    return written;
  }

  /** Of all places and values that were made alike, the first 8 bytes. */
  String digest() {
    return HexFormat.of().formatHex(digest.digest(), 0, 8);
  }

  TableException failed(String why) {
    return new TableException(
        Code.COPY_FAILED, "sync " + app + ": " + why + "; who serves has not changed");
  }
}
