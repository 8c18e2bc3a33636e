package dev.bumpless.router.modbus;

import dev.bumpless.router.table.Protocol;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What masters and instances may take.
 *
 * @param pipelined transactions of one master's connection at a time; it is not read while it has
 *     as many
 * @param answerTime from the moment that a request has an instance to its answer; then exception
 *     06. Shorter than a hold, which waits for what is under way
 * @param parkedTime that a request may wait in a hold; then exception 06. libmodbus, the most hasty
 *     of masters, gives up after 500 ms
 * @param wholeTime from a request to its answer, parked or not, unless {@code answerTime} is longer
 * @param spareTime that a connection to an instance is kept when another instance was chosen since
 */
public record ModbusLimits(
    int pipelined,
    Duration answerTime,
    Duration parkedTime,
    Duration wholeTime,
    Duration spareTime) {

  /** With what the route has of its own. */
  ModbusLimits of(@Nullable Protocol route) {
    Duration answer = route == null ? null : route.answer();
    Integer most = route == null ? null : route.pipelined();
    return new ModbusLimits(
        most == null ? pipelined : most,
        answer == null ? answerTime : answer,
        parkedTime,
        wholeTime,
        spareTime);
  }

  public static final ModbusLimits DEFAULT =
      new ModbusLimits(
          16,
          Duration.ofMillis(200),
          Duration.ofMillis(400),
          Duration.ofMillis(450),
          Duration.ofSeconds(2));
}
