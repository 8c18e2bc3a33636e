package dev.bumpless.ledger.modbus;

/** A register that somebody else counts up: it must not go back. Beyond 65535 comes 0. */
final class Counter extends Cell {
  private static final int UNKNOWN = -1;

  private int last = UNKNOWN;

  Counter(String name) {
    super(name);
  }

  @Override
  Trouble trouble() {
    return Trouble.WENT_BACK;
  }

  @Override
  synchronized String saw(Reading reading, int value) {
    int before = last;
    last = value;
    return before != UNKNOWN && (short) (value - before) < 0
        ? "%s went from %d to %d".formatted(name(), before, value)
        : super.saw(reading, value);
  }
}
