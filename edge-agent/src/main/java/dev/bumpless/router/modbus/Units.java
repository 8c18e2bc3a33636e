package dev.bumpless.router.modbus;

import java.util.concurrent.atomic.AtomicIntegerArray;

/** The units of a route that have ever answered. Any thread. */
final class Units {
  private final AtomicIntegerArray heard = new AtomicIntegerArray(256);

  void heard(int unit) {
    heard.lazySet(unit, 1);
  }

  boolean isKnown(int unit) {
    return heard.get(unit) != 0;
  }
}
