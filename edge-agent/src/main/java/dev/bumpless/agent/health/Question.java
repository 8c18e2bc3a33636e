package dev.bumpless.agent.health;

import java.nio.ByteBuffer;

/** What the meter asks of a listener, and when the answer is a good one. Immutable. */
final class Question {
  /** {@code HTTP/1.1 200}. */
  private static final int STATUS_BYTES = 12;

  /** The header of seven, a function, and the count of bytes or the exception. */
  private static final int MODBUS_BYTES = 9;

  private static final int EXCEPTION = 0x80;

  private final byte[] request;
  private final int verdictBytes;
  private final boolean isEndedByServer;
  private final Verdict verdict;

  /**
   * @param request what is sent; empty where only a connection is asked for
   * @param verdictBytes how much of the answer has to be there for a verdict
   */
  private Question(byte[] request, int verdictBytes, boolean isEndedByServer, Verdict verdict) {
    this.request = request;
    this.verdictBytes = verdictBytes;
    this.isEndedByServer = isEndedByServer;
    this.verdict = verdict;
  }

  /** Looks at the first bytes of an answer. */
  private interface Verdict {
    boolean isGood(byte[] start);
  }

  ByteBuffer request() {
    return ByteBuffer.wrap(request).asReadOnlyBuffer();
  }

  int verdictBytes() {
    return verdictBytes;
  }

  boolean isGood(byte[] start) {
    return verdict.isGood(start);
  }

  /** Whether there is something to be answered. */
  boolean isAnswered() {
    return request.length > 0;
  }

  /**
   * Whether the server ends the connection after its answer; a Modbus server waits for the next
   * request.
   */
  boolean isEndedByServer() {
    return isEndedByServer;
  }

  static Question connection() {
    return new Question(new byte[0], 0, false, start -> true);
  }

  /** Any answer below 500 is a good one. */
  static Question http(String host, int port, String path) {
    return new Question(
        HttpProbe.request(host, port, path),
        STATUS_BYTES,
        true,
        start -> start[0] == 'H' && start[9] >= '1' && start[9] < '5');
  }

  /**
   * Any answer of the server is a good one, an exception too. Exceptions that say that nobody
   * answers are not: 06 (server busy), 0A and 0B (gateway) of the Modbus Application Protocol
   * V1.1b3, section 7.
   */
  static Question modbus(int unit, int holding) {
    return new Question(
        ModbusProbe.request(unit, holding),
        MODBUS_BYTES,
        false,
        start -> (start[7] & EXCEPTION) == 0 || !saysThatNobodyAnswers(start[8]));
  }

  private static boolean saysThatNobodyAnswers(byte exception) {
    return exception == 0x06 || exception == 0x0A || exception == 0x0B;
  }
}
