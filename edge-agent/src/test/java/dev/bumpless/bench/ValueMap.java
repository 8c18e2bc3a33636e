package dev.bumpless.bench;

import java.util.Random;

/**
 * So many values: registers as far as a unit has them, then coils; the first tenth of the
 * registers, 100 at most, are what the app changes by itself.
 */
record ValueMap(int values) {
  /** Of one table of a unit. */
  private static final int MOST = 1 << 16;

  private static final int MOST_VOLATILE = 100;

  int registers() {
    return Math.min(values, MOST);
  }

  int coils() {
    return values - registers();
  }

  int changing() {
    return Math.min(MOST_VOLATILE, values / 10);
  }

  /** As the router's {@code copy} wants it. */
  String plan() {
    return "holding:0-%d%s volatile=holding:0-%d"
        .formatted(
            registers() - 1, coils() == 0 ? "" : ",coils:0-" + (coils() - 1), changing() - 1);
  }

  /** One that clients write; numbers from the count of registers on are coils. */
  int any(Random random) {
    return changing() + random.nextInt(values - changing());
  }

  boolean isCoil(int number) {
    return number >= registers();
  }
}
