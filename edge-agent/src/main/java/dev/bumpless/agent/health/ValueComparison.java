package dev.bumpless.agent.health;

import dev.bumpless.agent.health.ModbusReader.Read;
import dev.bumpless.agent.swap.StateTransfer.Side;
import dev.bumpless.agent.swap.TransferException;
import dev.bumpless.manifest.RegisterRange;
import java.io.IOException;
import java.time.Duration;

/**
 * Reads a range of the old version, then of the new one. Where they differ the old one is asked
 * again: what it now answers otherwise is changing, and no difference. A range with values that
 * somebody does not have is halved until those stand alone; what neither has agrees.
 */
final class ValueComparison {
  private static final String OLD = "the old version";
  private static final String YOUNG = "the new version";

  /** Reads of one round that are halved: more holes than that are no range. */
  private static final int MOST_HALVED = 2_000;

  /** Illegal data address, and illegal data value, which some servers answer for it. */
  private static final int NO_ADDRESS = 2;

  private static final int NO_VALUE = 3;

  private final ModbusReader old;
  private final ModbusReader young;
  private final Findings findings;
  private int halved;

  private ValueComparison(ModbusReader old, ModbusReader young, Findings findings) {
    this.old = old;
    this.young = young;
    this.findings = findings;
  }

  static void run(
      ComparedValues values, Side old, Side young, Duration timeout, Findings findings) {
    try (ModbusReader ofOld = open(OLD, values, old, timeout);
        ModbusReader ofYoung = open(YOUNG, values, young, timeout)) {
      new ValueComparison(ofOld, ofYoung, findings).all(values);
    } catch (NoAnswerException e) {
      e.tell(findings);
    } catch (IOException e) {
      throw new IllegalStateException("a socket was not closed", e);
    }
  }

  private static ModbusReader open(String who, ComparedValues values, Side side, Duration timeout)
      throws NoAnswerException {
    try {
      String address = side.container(values.container()).address();
      return ModbusReader.open(address, values.port(), timeout);
    } catch (IOException | TransferException e) {
      String place = "connecting to %s:%d".formatted(values.container(), values.port());
      throw new NoAnswerException(place, who, e);
    }
  }

  private void all(ComparedValues values) throws NoAnswerException {
    for (int unit : values.units()) {
      for (RegisterRange range : values.ranges()) {
        compare(unit, range);
      }
    }
  }

  private void compare(int unit, RegisterRange range) throws NoAnswerException {
    if (findings.isFull()) {
      return;
    }
    Read before = read(OLD, old, unit, range);
    Read now = read(YOUNG, young, unit, range);
    if (range.count() > 1 && (isHole(before) || isHole(now))) {
      halve(unit, range);
      return;
    }
    findings.compared(range.count());
    if (!now.isLike(before)) {
      judge(unit, range, before, now);
    }
  }

  private void halve(int unit, RegisterRange range) throws NoAnswerException {
    halved++;
    if (halved > MOST_HALVED) {
      throw new NoAnswerException(
          place(unit, range),
          "old and new version",
          new IOException("too many values are not there: name the ranges that are"));
    }
    int middle = range.first() + range.count() / 2;
    compare(unit, new RegisterRange(range.table(), range.first(), middle - 1));
    compare(unit, new RegisterRange(range.table(), middle, range.last()));
  }

  private void judge(int unit, RegisterRange range, Read before, Read now)
      throws NoAnswerException {
    Read again = read(OLD, old, unit, range);
    for (int i = 0; i < range.count(); i++) {
      String wanted = before.at(i);
      if (!wanted.equals(now.at(i)) && wanted.equals(again.at(i))) {
        RegisterRange value =
            before.isRefused() || now.isRefused()
                ? range
                : new RegisterRange(range.table(), range.first() + i, range.first() + i);
        findings.differs(
            place(unit, value), "%s in %s, %s in %s".formatted(now.at(i), YOUNG, wanted, OLD));
        if (value.count() > 1) {
          return;
        }
      }
    }
  }

  private static Read read(String who, ModbusReader reader, int unit, RegisterRange range)
      throws NoAnswerException {
    try {
      return reader.read(unit, range);
    } catch (IOException e) {
      throw new NoAnswerException(place(unit, range), who, e);
    }
  }

  private static boolean isHole(Read read) {
    return read.exception() == NO_ADDRESS || read.exception() == NO_VALUE;
  }

  private static String place(int unit, RegisterRange range) {
    return "unit " + unit + " " + range;
  }
}
