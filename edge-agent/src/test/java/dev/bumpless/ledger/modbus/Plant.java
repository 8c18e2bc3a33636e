package dev.bumpless.ledger.modbus;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The cells that the masters use: a counter each, registers and coils of their own, and registers
 * that all of them write. What one master owns lies beside another's.
 */
final class Plant {
  static final int MASTERS = 8;
  static final int OWN = 12;
  static final int SHARED = 4;
  static final int COUNTERS_AT = 0;
  private static final int OWN_AT = 100;
  private static final int SHARED_AT = 300;

  private final List<Cell> counters = cells("counter", COUNTERS_AT, MASTERS);
  private final List<Cell> own = cells("register", OWN_AT, MASTERS * OWN);
  private final List<Cell> shared = cells("shared register", SHARED_AT, SHARED);
  private final List<Cell> coils = cells("coil", 0, MASTERS * OWN);

  private static List<Cell> cells(String what, int first, int count) {
    return IntStream.range(first, first + count).mapToObj(i -> new Cell(what + " " + i)).toList();
  }

  Access writeCounter(int master, int value) {
    return Access.write(false, COUNTERS_AT + master, List.of(counters.get(master)), List.of(value));
  }

  Access readCounter(int master) {
    return Access.read(false, COUNTERS_AT + master, List.of(counters.get(master)));
  }

  /** From the {@code from}th of a master's own on. */
  Access writeOwn(boolean asCoils, int master, int from, List<Integer> values) {
    int at = master * OWN + from;
    List<Cell> written = (asCoils ? coils : own).subList(at, at + values.size());
    return Access.write(asCoils, asCoils ? at : OWN_AT + at, written, values);
  }

  Access readOwn(boolean asCoils, int master, int from, int count) {
    int at = master * OWN + from;
    List<Cell> read = (asCoils ? coils : own).subList(at, at + count);
    return Access.read(asCoils, asCoils ? at : OWN_AT + at, read);
  }

  Access writeShared(int which, int value) {
    return Access.write(false, SHARED_AT + which, List.of(shared.get(which)), List.of(value));
  }

  Access readShared(int which) {
    return Access.read(false, SHARED_AT + which, List.of(shared.get(which)));
  }

  /** Reads of all there is. */
  List<Access> readAll() {
    List<Access> all = new ArrayList<>();
    all.add(Access.read(false, COUNTERS_AT, counters));
    all.add(Access.read(false, OWN_AT, own));
    all.add(Access.read(false, SHARED_AT, shared));
    all.add(Access.read(true, 0, coils));
    return all;
  }
}
