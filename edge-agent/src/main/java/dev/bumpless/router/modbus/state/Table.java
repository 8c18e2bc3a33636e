package dev.bumpless.router.modbus.state;

import java.util.Locale;

/**
 * The tables that can be written over Modbus (Application Protocol Specification V1.1b3, 4.3), with
 * the functions that read and write many values, and the most that one write may carry.
 */
enum Table {
  COILS(0x01, 0x0F, 1968),
  HOLDING(0x03, 0x10, 123);

  /** Addresses of a table of a unit. */
  static final int SIZE = 1 << 16;

  private final int readFunction;
  private final int writeFunction;
  private final int most;

  Table(int readFunction, int writeFunction, int most) {
    this.readFunction = readFunction;
    this.writeFunction = writeFunction;
    this.most = most;
  }

  int readFunction() {
    return readFunction;
  }

  int writeFunction() {
    return writeFunction;
  }

  /** Of one request; a read may have a few more, but what is read is also written. */
  int most() {
    return most;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
