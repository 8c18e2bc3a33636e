package dev.bumpless.router.modbus;

/**
 * What the router answers in an instance's place: exception codes of the Modbus Application
 * Protocol Specification V1.1b3, section 7. A master is never left without an answer, for several
 * are off by one transaction for ever after they gave one up.
 */
enum Refused {
  /**
   * "The client should retransmit the message later when the server is free": no answer in time, or
   * too long in a hold. The request may have been carried out.
   */
  SERVER_BUSY(0x06),

  /**
   * "The gateway was unable to allocate an internal communication path": no instance took the
   * connection, so nothing was sent and nothing was carried out.
   */
  NO_PATH(0x0A),

  /**
   * "No response was obtained from the target device": the request was sent and the connection
   * ended without an answer. It may have been carried out, so it is not sent again.
   */
  NO_ANSWER(0x0B);

  private final int code;

  Refused(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
