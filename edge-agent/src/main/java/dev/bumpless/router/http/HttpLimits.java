package dev.bumpless.router.http;

import java.time.Duration;

/**
 * What clients and instances may take.
 *
 * @param lineBytes longest request line; more is answered 414
 * @param headBytes longest head; more is answered 431
 * @param headTime from the first byte of a head to its last; more is answered 408
 * @param idleTime between requests, between pieces of a body, and for a client to take any of an
 *     answer; then the connection is closed
 * @param answerTime from the end of a request to the first byte of its answer; more is answered 504
 * @param pooledTime that a connection to an instance waits for its next request. Below the 5 s
 *     after which Node.js closes it, so that the router does before
 * @param pooledMost connections that wait, per loop and instance
 */
public record HttpLimits(
    int lineBytes,
    int headBytes,
    Duration headTime,
    Duration idleTime,
    Duration answerTime,
    Duration pooledTime,
    int pooledMost) {

  public static final HttpLimits DEFAULT =
      new HttpLimits(
          8 << 10,
          16 << 10,
          Duration.ofSeconds(15),
          Duration.ofSeconds(75),
          Duration.ofSeconds(60),
          Duration.ofSeconds(4),
          64);
}
