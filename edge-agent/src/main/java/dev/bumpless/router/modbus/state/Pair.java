package dev.bumpless.router.modbus.state;

import dev.bumpless.router.table.Backend;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The instance that serves and the other one, asked side by side: one request at a time of each.
 * One thread at a time.
 */
final class Pair implements AutoCloseable {
  private final Line source;
  private final Line target;

  Pair(Line source, Line target) {
    this.source = source;
    this.target = target;
  }

  Backend source() {
    return source.backend();
  }

  Backend target() {
    return target.backend();
  }

  InetSocketAddress address(Backend of) {
    return (of == source.backend() ? source : target).address();
  }

  Pair reversed() {
    return new Pair(target, source);
  }

  /** What the source alone has must not be overwritten by what it begins with after a restart. */
  void sourceMustStay() {
    source.mayEnd(false);
    target.mayEnd(true);
  }

  /** Who had to be dialled again since this was asked last, the target first. */
  @Nullable Backend takeRenewed() {
    Backend renewed = source.takeRenewed() ? source() : null;
    return target.takeRenewed() ? target() : renewed;
  }

  /**
   * What bringing a chunk over did.
   *
   * @param values of the source; null where it refuses them
   * @param first the first place, counted in the chunk, that had to be written, or -1
   * @param written how many had to be written
   * @param differs the first place, counted in the chunk, that was not what had been written when
   *     it was read back, or -1
   * @param found what was there instead
   */
  @SuppressWarnings("ArrayRecordComponent") // passed on at once and compared by nobody
  record Brought(int @Nullable [] values, int first, int written, int differs, int found) {
    boolean isRefused() {
      return values == null;
    }
  }

  /** Reads both; where they differ writes the target and reads that back. */
  Brought bring(Chunk chunk, Duration allowed) throws Fault {
    byte[] read = readRequest(chunk);
    source.ask(chunk.area().unit(), read, allowed);
    target.ask(chunk.area().unit(), read, allowed);
    Fault refused = null;
    int[] from = {};
    try {
      from = values(source, chunk, source.answer());
    } catch (Fault e) {
      if (!e.isNoSuchAddress()) {
        target.close();
        throw e;
      }
      refused = e;
    }
    int[] to = targetValues(chunk, allowed, refused);
    if (refused != null) {
      return new Brought(null, -1, 0, -1, 0);
    }
    int first = firstDifference(from, to);
    if (first < 0) {
      return new Brought(from, -1, 0, -1, 0);
    }
    Chunk part = chunk.part(first, lastDifference(from, to) + 1);
    write(part, from, first, allowed);
    target.ask(chunk.area().unit(), readRequest(part), allowed);
    int[] back = values(target, part, target.answer());
    for (int i = 0; i < back.length; i++) {
      if (back[i] != from[first + i]) {
        return new Brought(from, first, part.count(), first + i, back[i]);
      }
    }
    return new Brought(from, first, part.count(), -1, 0);
  }

  private int[] targetValues(Chunk chunk, Duration allowed, @Nullable Fault sourceToo)
      throws Fault {
    try {
      return values(target, chunk, target.answer());
    } catch (Fault e) {
      if (!e.isNoSuchAddress()) {
        throw e;
      }
      if (sourceToo != null) {
        return new int[0];
      }
      int lacking = lacking(chunk, allowed);
      throw new Fault(
          lacking < 0
              ? e.getMessage() + " to a read of " + chunk
              : "%s lacks %s, which %s has: exception 02"
                  .formatted(
                      target().instance(), chunk.part(lacking, lacking + 1), source().instance()));
    }
  }

  /** The first place of the chunk that the target refuses and the source has, or -1. */
  private int lacking(Chunk chunk, Duration allowed) throws Fault {
    for (int i = 0; i < chunk.count(); i++) {
      Chunk one = chunk.part(i, i + 1);
      if (isRefused(target, one, allowed) && !isRefused(source, one, allowed)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isRefused(Line line, Chunk chunk, Duration allowed) throws Fault {
    try {
      line.ask(chunk.area().unit(), readRequest(chunk), allowed);
      values(line, chunk, line.answer());
      return false;
    } catch (Fault e) {
      if (e.isNoSuchAddress()) {
        return true;
      }
      throw e;
    }
  }

  private static int firstDifference(int[] one, int[] other) {
    for (int i = 0; i < one.length; i++) {
      if (one[i] != other[i]) {
        return i;
      }
    }
    return -1;
  }

  private static int lastDifference(int[] one, int[] other) {
    int last = one.length - 1;
    while (one[last] == other[last]) {
      last--;
    }
    return last;
  }

  private void write(Chunk part, int[] values, int from, Duration allowed) throws Fault {
    target.ask(part.area().unit(), writeRequest(part, values, from), allowed);
    try {
      byte[] answer = target.answer();
      if (answer.length != 5
          || Line.word(answer, 1) != part.first()
          || Line.word(answer, 3) != part.count()) {
        throw target.fault("confirmed another write than that of " + part);
      }
    } catch (Fault e) {
      throw new Fault(e.getMessage() + " (writing " + part + ")");
    }
  }

  private static byte[] readRequest(Chunk chunk) {
    return head(chunk, chunk.area().table().readFunction(), 5);
  }

  private static byte[] writeRequest(Chunk part, int[] values, int from) {
    boolean coils = part.area().table() == Table.COILS;
    int bytes = coils ? (part.count() + 7) / 8 : 2 * part.count();
    byte[] pdu = head(part, part.area().table().writeFunction(), 6 + bytes);
    pdu[5] = (byte) bytes;
    for (int i = 0; i < part.count(); i++) {
      int value = values[from + i];
      if (coils) {
        pdu[6 + i / 8] |= (byte) (value << (i % 8));
      } else {
        pdu[6 + 2 * i] = (byte) (value >> 8);
        pdu[7 + 2 * i] = (byte) value;
      }
    }
    return pdu;
  }

  private static byte[] head(Chunk chunk, int function, int length) {
    byte[] pdu = new byte[length];
    pdu[0] = (byte) function;
    pdu[1] = (byte) (chunk.first() >> 8);
    pdu[2] = (byte) chunk.first();
    pdu[3] = (byte) (chunk.count() >> 8);
    pdu[4] = (byte) chunk.count();
    return pdu;
  }

  private static int[] values(Line line, Chunk chunk, byte[] answer) throws Fault {
    boolean coils = chunk.area().table() == Table.COILS;
    int bytes = coils ? (chunk.count() + 7) / 8 : 2 * chunk.count();
    if (answer.length != 2 + bytes || (answer[1] & 0xFF) != bytes) {
      throw line.fault(
          "answered %d bytes of values to a read of %s, which are %d"
              .formatted(answer.length - 2, chunk, bytes));
    }
    int[] values = new int[chunk.count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = coils ? (answer[2 + i / 8] >> (i % 8)) & 1 : Line.word(answer, 2 + 2 * i);
    }
    return values;
  }

  @Override
  public void close() {
    source.close();
    target.close();
  }
}
