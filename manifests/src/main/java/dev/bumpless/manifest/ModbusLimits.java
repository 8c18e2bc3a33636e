package dev.bumpless.manifest;

import java.time.Duration;

/**
 * How patient the router is with the Modbus servers behind a port.
 *
 * @param answer the longest that a request may take, 1 ms to 60 s; then its master gets exception
 *     06 (server busy). Shorter than the hold of a swap, which waits for what is under way
 * @param pipelined how many requests of one connection are under way at a time, 1 to 256
 */
public record ModbusLimits(Duration answer, int pipelined) {
  public static final ModbusLimits DEFAULT = new ModbusLimits(Duration.ofMillis(200), 16);

  public ModbusLimits {
    Limits.check("answer", answer, Limits.ANSWER);
    Limits.check("pipelined", pipelined, Limits.PIPELINED);
  }
}
