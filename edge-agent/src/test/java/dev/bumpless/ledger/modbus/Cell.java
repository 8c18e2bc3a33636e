package dev.bumpless.ledger.modbus;

import java.util.ArrayList;
import java.util.List;

/** One register or coil, and what it may hold by what was written and read so far. Any thread. */
class Cell {
  private static final long NEVER = Long.MAX_VALUE;

  private final String name;
  private final List<Write> current = new ArrayList<>();
  private final List<Reading> underway = new ArrayList<>();
  private long clock;

  Cell(String name) {
    this.name = name;
  }

  /** One that has begun; without an answer it may be carried out at any time. */
  static final class Write {
    private final int value;
    private final long begunAt;
    private long acknowledgedAt = NEVER;

    private Write(int value, long begunAt) {
      this.value = value;
      this.begunAt = begunAt;
    }

    private boolean isBefore(Write other) {
      return acknowledgedAt < other.begunAt;
    }

    @Override
    public String toString() {
      return value + (acknowledgedAt == NEVER ? " (not acknowledged)" : "");
    }
  }

  /** What a read that is under way may see. */
  static final class Reading {
    private final List<Write> possible;

    private Reading(List<Write> possible) {
      this.possible = new ArrayList<>(possible);
    }
  }

  synchronized Write begin(int value) {
    Write write = new Write(value, ++clock);
    current.add(write);
    underway.forEach(reading -> reading.possible.add(write));
    return write;
  }

  synchronized void acknowledged(Write write) {
    write.acknowledgedAt = ++clock;
    forgetBefore(write);
  }

  synchronized Reading read() {
    Reading reading = new Reading(current);
    underway.add(reading);
    return reading;
  }

  synchronized void givenUp(Reading reading) {
    underway.remove(reading);
  }

  /** What it is when something is wrong with what was read. */
  Trouble trouble() {
    return Trouble.LOST;
  }

  String name() {
    return name;
  }

  /** Returns what is wrong with it, empty where nothing is. Anything is right before a write. */
  synchronized String saw(Reading reading, int value) {
    underway.remove(reading);
    for (Write write : reading.possible) {
      if (write.value == value) {
        forgetBefore(write);
        return "";
      }
    }
    return reading.possible.isEmpty()
        ? ""
        : "%s holds %d where it may hold %s".formatted(name, value, reading.possible);
  }

  private void forgetBefore(Write seen) {
    current.removeIf(write -> write.isBefore(seen));
  }
}
