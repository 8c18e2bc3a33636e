package dev.bumpless.ledger.modbus;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * What the masters are given.
 *
 * @param target where they connect
 * @param answer how long they wait for one; libmodbus's masters do for 500 ms
 * @param pause of a master between two rounds
 * @param count a register that the server counts up by itself; the watch looks whether it goes back
 */
public record WriteLoad(
    InetSocketAddress target, int unit, Duration answer, Duration pause, OptionalInt count) {
  /** As masters out there wait, at some 1,500 requests a second. */
  public static WriteLoad on(InetSocketAddress target) {
    return new WriteLoad(
        target, 1, Duration.ofMillis(500), Duration.ofMillis(20), OptionalInt.empty());
  }

  public WriteLoad waiting(Duration longer) {
    return new WriteLoad(target, unit, longer, pause, count);
  }

  public WriteLoad pausing(Duration between) {
    return new WriteLoad(target, unit, answer, between, count);
  }

  public WriteLoad watching(int register) {
    return new WriteLoad(target, unit, answer, pause, OptionalInt.of(register));
  }
}
